"""No record of any topic has a key without its gym: one gym can't replace, or get in front of, another's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotter.domain.events import TYPES, decode
from spotter.domain.ids import gym_of_key
from spotter.domain.topics import TOPICS
from spotter.http.tokens import Revocations, RevokedToken
from spotter.streaming.changelog import entry_key, split_entry_key
from spotter.streaming.memory.log import MemoryLog
from tests.ingest.validation_cases import MINIMAL, NOW, bearer, took

SENDABLE = sorted(name for name, kind in TYPES.items() if kind.role is not None)
ids = st.from_regex(r"[A-Za-z0-9_.:-]{1,64}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)


def sent(name: str, athlete: str | None, device: str, token: str) -> dict[str, Any]:
    """Return a minimal event of a type, about somebody and something that the sender chooses."""
    data = dict(MINIMAL[name.removeprefix("spotter.").removesuffix(".v1")])
    data |= {field: value for field, value in (("device_id", device), ("token_id", token)) if field in data}
    if TYPES[name].about in ("athlete", "either") and athlete is not None:
        data["athlete_id"] = athlete
    return {"type": name, "data": data}


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)
def test_the_catalogue_begins_each_key_with_the_gym(topic: Any) -> None:
    """Changelogs and dead letters included, whose keys are those of what they are about."""
    assert "gym_id" == topic.key.replace(",", "/").split("/")[0]


@given(
    name=st.sampled_from(SENDABLE),
    gyms=st.tuples(ids, ids).filter(lambda pair: pair[0] != pair[1]),
    athlete=ids,
    device=texts,
    token=texts,
)
def test_the_same_event_of_two_gyms_has_two_keys_each_of_its_own(
    name: str, gyms: tuple[str, str], athlete: str, device: str, token: str
) -> None:
    """Whatever a sender calls its lifters, devices and tokens."""
    raw = sent(name, athlete, device, token)
    records = [took(raw, replace(bearer(), gym_id=gym)).record for gym in gyms]

    assert gyms == tuple(gym_of_key(record.key) for record in records)
    assert 1 == len({record.topic for record in records})
    assert records[0].topic in TOPICS


def test_the_key_of_an_entry_of_state_begins_with_its_lifters() -> None:
    """So a changelog is as separate by gym as what it was computed from."""
    assert "g1" == gym_of_key(split_entry_key(entry_key("g1/ada", "profile", "v2"))[0])


def test_another_gym_does_not_bring_a_revoked_token_back() -> None:
    """Of a compacted topic the newest record of each key is left: both gyms' are, in either order."""
    log, mine = MemoryLog(), bearer()
    for gym in ("g1", "g2"):
        log.write(took(sent("spotter.token.revoked.v1", None, "", mine.token_id), replace(mine, gym_id=gym)).record)
    compacted = {record.key: record for record in log.records("access.v1")}
    revocations = Revocations()
    for record in compacted.values():
        revocations.apply(decode(record.value))

    assert 2 == len(compacted)
    for gym in ("g1", "g2"):
        with pytest.raises(RevokedToken):
            revocations.check(replace(mine, gym_id=gym), NOW)


def test_an_acknowledgement_is_its_bearers() -> None:
    """A client that names another's token as its source does not end the repeats of that one's alerts."""
    raw = sent("spotter.advice.acknowledged.v1", "ada", "", "")
    assert "token-1" == took({**raw, "source": "token-2"}).event.source
    assert (
        "watch-2"
        == took({"type": "spotter.rep.completed.v1", "source": "watch-2", "data": {"athlete_id": "ada"}}).event.source
    )
