"""The checks of `spotter doctor`: each returns a finding and, if something is wrong, a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "missing", "warning", "broken"]
"""`missing`: something optional is not installed; `warning`: works, but needs attention; `broken`: Spotter can't run."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    subject: str
    state: State
    detail: str
    remedy: str = ""
    """What to do; empty if nothing is wrong."""
