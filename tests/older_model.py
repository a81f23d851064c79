"""The detector of an older model: another MODEL_VERSION, and estimates that differ."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from unittest.mock import patch

from spotter_detector import __main__ as worker
from spotter_detector import processor
from spotter_detector.lifecycle import estimates
from spotter_detector.model import EXERCISE_MODELS

OLDER = "within-set-older"


@contextmanager
def older_model() -> Iterator[None]:
    """Make this process's detectors those of the older model: it takes lifters to fail at higher velocities."""
    faster = {name: replace(row, v_last_mps=row.v_last_mps + 0.08) for name, row in EXERCISE_MODELS.items()}
    _clear_caches()
    with ExitStack() as stack:
        stack.callback(_clear_caches)
        stack.enter_context(patch.dict(EXERCISE_MODELS, faster))
        stack.enter_context(patch.object(processor, "MODEL_VERSION", OLDER))
        stack.enter_context(patch.object(estimates, "MODEL_VERSION", OLDER))
        stack.enter_context(patch.object(processor.FailureDetector, "version", OLDER))
        yield


def _clear_caches() -> None:
    """Forget what was computed by the other model's priors."""
    modules = [module for name, module in sys.modules.items() if name.startswith("spotter_detector")]
    for value in [value for module in modules for value in vars(module).values()]:
        if callable(clear := getattr(value, "cache_clear", None)):
            clear()


if __name__ == "__main__":
    with older_model():
        worker.main()
