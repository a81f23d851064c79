"""What a check has found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "missing", "odd", "broken"]
"""`missing`: something optional is not there; `odd`: it works, but look at it; `broken`: Spotter can't work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question."""

    subject: str
    state: State
    detail: str
    remedy: str = ""
    """What to do; nothing where all is well."""
