"""What one closed set contributes to a profile: a Gaussian message about four figures, stored as readable JSON.

The four are first velocity, velocity at failure, log reps possible and the exponent of the curve. A set may inform some
and not others, so the message is stored as precision and shift (the natural parameters): exp(−½ zᵀΛz + ηᵀz).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from spotter.domain.fast_dataclass import record
from spotter_detector.profile.codec import members, numbers, symmetric

TERM_VERSION = 1
FIGURES = 4
# What a profile is learned from: velocities, concentric times as velocities over a usual travel, or paces in units of
# the set's own first reps, of which the first figure says nothing and the second is what the pace at failure keeps over
# what it usually does. Of a set that has several the first of these counts.
KINDS = ("velocity", "timing", "pace")
# Indices of the four figures.
V1, V_LAST, LOG_N, CURVE = range(FIGURES)


@record(frozen=True, slots=True)
class Term:
    """What one set contributes to its lifter's profile.

    Attributes
    ----------
    model_class : str
        The row of `exercise_models`.
    kind : str
        One of `KINDS` if the set informs a profile; else `none`.
    at_days : float
        When the set was lifted.
    pct_1rm, load_kg : float or None
        Its load, if known.
    precision : tuple of 10 floats
        Upper triangle of Λ, row by row.
    shift : tuple of 4 floats
        η.
    known_end : bool
        The set failed, or the lifter reported its end.
    fastest_mps : float or None
        Fastest valid rep.
    grind_s : float or None
        Longest completed concentric phase.
    rom_m : float or None
        Median travel.
    rest_s : float or None
        Median time between two concentric phases: the lifter's tempo.
    noise, noise_reps : float or None, int
        Variance of the sensor, (m/s)², from this set, and the reps that it rests on.
    eccentric : tuple of 4 floats, or none
        How the time of the way down changes to the end, if that is known: the numbers of `eccentric.SetTrend`.
    """

    model_class: str
    kind: str
    at_days: float
    pct_1rm: float | None
    load_kg: float | None
    precision: tuple[float, ...]
    shift: tuple[float, ...]
    known_end: bool
    fastest_mps: float | None
    grind_s: float | None
    rom_m: float | None
    rest_s: float | None
    noise: float | None = None
    noise_reps: int = 0
    eccentric: tuple[float, ...] = ()

    @property
    def teaches(self) -> bool:
        """Whether the set informs line and failure velocity."""
        return self.kind != "none"

    def precision_matrix(self) -> NDArray[np.float64]:
        """Return Λ, (4, 4)."""
        return symmetric(self.precision, FIGURES)


def term_to_json(term: Term) -> dict[str, object]:
    """Return a term as a JSON object; `term_from_json` reads it back.

    >>> term = Term("bench_press", "none", 0.5, None, 80.0, (0.0,) * 10, (0.0,) * 4, True, 0.5, None, 0.42, None)
    >>> term_from_json(term_to_json(term)) == term
    True
    """
    return {
        "v": TERM_VERSION,
        **{name: getattr(term, name) for name in _NAMES},
        "precision": list(term.precision),
        "shift": list(term.shift),
        "eccentric": list(term.eccentric),
    }


def term_from_json(written: Mapping[str, object]) -> Term:
    """Read a term from a JSON object of `term_to_json`.

    Raises ValueError for another version, a missing member, or a wrong count of numbers; it names the member.
    """
    members(written, TERM_VERSION, (*_NAMES, "precision", "shift"), what="a learning term", by="term_to_json")
    values = {name: written[name] for name in _NAMES}
    values["precision"] = numbers(written["precision"], 10, "a learning term's precision")
    values["shift"] = numbers(written["shift"], FIGURES, "a learning term's shift")
    eccentric = written.get("eccentric") or ()  # none was written before it was learned
    values["eccentric"] = numbers(eccentric, 4, "a learning term's eccentric") if eccentric else ()
    return Term(**values)  # type: ignore[arg-type]  # as term_to_json wrote them


_NAMES = tuple(field.name for field in fields(Term) if field.name not in ("precision", "shift", "eccentric"))
