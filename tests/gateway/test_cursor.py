from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotter.domain.topics import ADVICE, ESTIMATES
from spotter_gateway.cursor import BadCursor, Cursor, StreamOffsets

OFFSETS = st.lists(st.integers(0, 2**63 - 1), max_size=14).map(lambda numbers: dict(enumerate(numbers)))


@given(OFFSETS, OFFSETS, st.booleans())
def test_a_cursor_decodes_to_the_offsets_it_was_made_of(
    advice: dict[int, int], estimates: dict[int, int], partial: bool
) -> None:
    """Every partition of both topics, on whichever replica it is decoded."""
    cursor = Cursor({ADVICE: advice, ESTIMATES: estimates}, partial)

    assert cursor == Cursor.decode(cursor.encode())


def test_a_cursor_is_short() -> None:
    """Twelve partitions of both topics with millions of records fit into 150 characters of a URL."""
    millions = dict.fromkeys(range(12), 9_999_999)

    text = Cursor({ADVICE: millions, ESTIMATES: millions}).encode()

    assert len(text) <= 150
    assert text.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=200))
def test_other_text_is_no_cursor(text: str) -> None:
    """What this service did not write is refused, never misread."""
    with pytest.raises(BadCursor):
        Cursor.decode(text)


@given(st.data())
def test_a_damaged_cursor_is_refused(data: st.DataObject) -> None:
    """One changed character is enough."""
    text = Cursor({ADVICE: {0: 1234, 1: 5}, ESTIMATES: {0: 99, 1: 0}}).encode()
    at = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from([c for c in "AZaz09-_" if c != text[at]]))

    with pytest.raises(BadCursor):
        Cursor.decode(text[:at] + other + text[at + 1 :])


def test_a_cut_cursor_is_refused() -> None:
    """No prefix of a cursor is valid."""
    text = Cursor({ADVICE: {0: 1234, 1: 5}, ESTIMATES: {0: 99, 1: 0}}).encode()

    for length in range(len(text)):
        with pytest.raises(BadCursor):
            Cursor.decode(text[:length])


def test_a_cursor_of_another_version_is_refused() -> None:
    """The error names the version."""
    body = bytes([2, 0, 0])
    text = base64.urlsafe_b64encode(body + zlib.crc32(body).to_bytes(4, "big")).rstrip(b"=").decode()

    with pytest.raises(BadCursor, match="another version"):
        Cursor.decode(text)


def test_offsets_move_forward_only() -> None:
    """A partition that is further ahead stays there when the others move."""
    offsets = StreamOffsets.of({ADVICE: {0: 10, 1: 3}})
    offsets.advance_to({ADVICE: {0: 5, 1: 7}})
    offsets.advance_past(ADVICE, 0, 2)

    assert {ADVICE: {0: 10, 1: 7}} == offsets.by_topic


def test_offsets_reach_others_in_every_partition() -> None:
    """One partition behind is behind."""
    offsets = StreamOffsets.of({ADVICE: {0: 10, 1: 3}})

    assert offsets.reaches({ADVICE: {0: 10, 1: 3}, ESTIMATES: {0: 0}})
    assert not offsets.reaches({ADVICE: {0: 9, 1: 4}})
    assert offsets.has_passed(ADVICE, 0, 9)
    assert not offsets.has_passed(ADVICE, 0, 10)
