"""Which reports of a set later ones have shown to be no reps, or reps after all.

An estimate is made of what is known after its report. Where later reports show another number of reports before the
first rep, what was said of the earlier ones is revised: so nothing is latched, counted or charged that no rep caused.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from spotter_detector.model import Observation, Prior, reports_before, strands_of

_Numbers = list[int]


class SetReadings:
    """Finds them in sets that grow rep by rep without reading the earlier ones again; it only caches.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> figures = ((0.0, 1.1, 0.24), (20.0, 0.7, 0.8), (31.0, 0.5, 0.42), (34.0, 0.49, 0.41), (37.0, 0.48, 0.42))
    >>> reps = [Observation(n, end_s, v, None, rom_m, None) for n, (end_s, v, rom_m) in enumerate(figures, 1)]
    >>> SetReadings().revised("a", prior, reps), SetReadings().revised("b", prior, reps[2:])
    ([1, 2, None, None, None], [None, None, None])
    """

    def __init__(self, strands_max: int = 4096) -> None:
        self._strands_max = strands_max
        self._known: OrderedDict[tuple[str, str | None], tuple[Prior, tuple[Observation, ...], _Numbers]] = (
            OrderedDict()
        )

    def revised(self, set_key: str, prior: Prior, observations: Sequence[Observation]) -> list[int | None]:
        """Return for each report how many come before the first rep, where it was not known when that report came.

        At most the place of the report itself: then it is no rep. None: what was said of it then still holds.
        """
        by_report: dict[int, int] = {}
        for strand in strands_of(observations):
            numbers = self._numbers((set_key, strand[0].side), prior, strand)
            now = numbers[-1]
            for index, (report, number) in enumerate(zip(strand, numbers, strict=True)):
                if min(number, index + 1) != min(now, index + 1):
                    by_report[id(report)] = min(now, index + 1)
        if not by_report:
            return [None] * len(observations)
        return [by_report.get(id(report)) for report in observations]

    def _numbers(self, strand: tuple[str, str | None], prior: Prior, observations: tuple[Observation, ...]) -> _Numbers:
        """Return the number known after each report."""
        earlier = self._known.get(strand)
        numbers: _Numbers = []
        if earlier is not None:
            of_prior, of_observations, of_numbers = earlier
            begins = observations[: len(of_observations)] == of_observations
            if begins and (of_prior is prior or of_prior == prior):
                numbers = of_numbers
        if len(numbers) < len(observations):
            numbers = [*numbers, *reports_before(prior, observations, len(numbers))]
        self._known[strand] = prior, observations, numbers
        self._known.move_to_end(strand)
        if len(self._known) > self._strands_max:
            self._known.popitem(last=False)
        return numbers
