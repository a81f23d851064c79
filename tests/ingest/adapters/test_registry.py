from __future__ import annotations

import pytest

from spotter_ingest.adapters.registry import Adapter, BadFrame, adapter_of, all_adapters


@pytest.mark.parametrize("adapter", all_adapters(), ids=lambda adapter: adapter.NAME)
def test_every_adapter_leaves_other_devices_frames_alone(adapter: Adapter) -> None:
    """It recognises no empty frame, no text and no number of nobody's, and decodes none of them."""
    for frame in ([], ["x"], [0.0], ["nan"]):
        assert not adapter.recognises(frame)
        with pytest.raises(BadFrame):
            adapter.decode_rep(frame)


def test_names_of_adapters_are_unique() -> None:
    """An event's source names one device family."""
    names = [adapter.NAME for adapter in all_adapters()]
    assert sorted(set(names)) == sorted(names)


def test_a_frame_of_no_device_names_those_there_are() -> None:
    """The error says how the frame starts and which adapters exist."""
    with pytest.raises(BadFrame, match=r"starts with -1, which no adapter recognises \(there is .*openbarbell"):
        adapter_of([-1, 2])
