"""The events of a lifter in a season, rep by rep, and the reaction to advice."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import numpy as np

from lab.accuracy.simulation import devices, habits, timing
from lab.season.exercises import Able
from lab.season.gym import GYM, Sent, Training, Wait
from lab.season.people import FIRST_DAY, Person, TrainingPlan
from spotter.domain.actions import LOUD
from spotter.domain.events import Event, EventData
from spotter.domain.events.lifting import EffortReported, Intent, RepCompleted, RepVoided, SetEnded, SetStarted
from spotter.domain.events.outputs import AdviceGiven, EffortEstimated
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated, SessionStarted, WellnessReported
from spotter.domain.policies import BlockSaid

Mode = Literal["normal", "time_pressed"]
LOADS_PCT: Final = (68.0, 84.0)
"""Working weights in % of the 1RM (design choice)."""
REST: Final = timedelta(minutes=3)
_UNDER_WAY: Final = timedelta(milliseconds=60)
"""From the sensor to the log."""
_FORGETS: Final = 0.08
"""Share of sets whose end is not reported: silence ends them."""
_SENT_TWICE: Final = 0.02
_VOIDED: Final = 0.01
"""Share of sets whose last rep is voided afterwards."""
_EARLY: Final = 0.03
"""Share of sets that end far from failure."""
_TIME_PRESSED: Final = 0.1
"""Share of sessions."""
_BAD_WEEKS: Final = 0.06
"""Share of weeks in which a lifter reports warning signs."""


@dataclass(frozen=True, slots=True)
class SeasonSet:
    """The truth about a set, with the advice in it."""

    set_key: str
    exercise: str
    intent: Intent
    opened_at: datetime
    mode: Mode
    plan: AdviceGiven
    learned_sets: int
    """Sets of this exercise from which the model had learned."""
    done: int
    possible: int
    stop_after: int | None
    """Reps done at the first *stop*."""
    obedient: bool
    """The lifter followed the advice, and had no other reason to end the set."""

    @property
    def rir(self) -> int:
        """Reps in reserve at the end."""
        return self.possible - self.done


class SeasonLifter:
    """A lifter's season; `sets` grows as it goes."""

    def __init__(self, person: Person, plan: TrainingPlan, notice: Callable[[list[Event]], None]) -> None:
        self.person = person
        self.sets: list[SeasonSet] = []
        self._plan = plan
        self._notice = notice
        self._random = np.random.default_rng((plan.seed, person.number, 1))
        self._ids = itertools.count(1)
        self._set_numbers = itertools.count(1)

    def zone(self, week: int) -> str:
        """Return the lifter's time zone in a week."""
        moved = self.person.moves_in is not None and week >= self.person.moves_in
        return self.person.new_zone if moved else self.person.zone

    def season(self) -> Training:
        """Train from the first day to the last."""
        yield from self._send(self._join(), datetime.combine(FIRST_DAY, time(), ZoneInfo("UTC")) - timedelta(days=2))
        for week in range(self._plan.weeks):
            for index, weekday in enumerate(self.person.days):
                day = FIRST_DAY + timedelta(weeks=week, days=weekday)
                minute = int(self._random.integers(60))
                where = ZoneInfo(self.zone(week))
                at = datetime.combine(day, time(self.person.hour, minute), where).astimezone(ZoneInfo("UTC"))
                moves = index == 0 and week == self.person.moves_in
                if moves:
                    yield from self._send([AthleteUpdated(time_zone=self.zone(week))], at)
                yield from self._session(week, index, at)

    def _join(self) -> Iterator[EventData]:
        person = self.person
        yield AthleteUpdated(level=person.level, time_zone=person.zone, week_start=person.week_start)
        for span in person.blocks:
            first, last = span.days()
            block = BlockSaid(name=span.name, kind=span.kind, first_day=first.isoformat(), last_day=last.isoformat())
            yield PolicyUpdated(block=block)

    def _session(self, week: int, index: int, at: datetime) -> Training:
        random = self._random
        mode: Mode = "time_pressed" if random.uniform() < _TIME_PRESSED else "normal"
        days = len(self.person.days) if self.person.tells_days else None
        announced: list[EventData] = [SessionStarted(mode=mode, days_per_week=days)]
        if index == 0:
            announced += self._wellness()
        yield from self._send(announced, at)
        number = week * len(self.person.days) + index
        for able, intent, last in self._chosen(number, mode):
            at += REST
            at = yield from self._set(able, intent, last, week, mode, at)
        self._notice((yield Wait(at + timedelta(hours=1))))

    def _wellness(self) -> Iterator[EventData]:
        bad, well = self._random.uniform(), self._random.uniform()
        if bad < _BAD_WEEKS:
            yield WellnessReported(soreness=1, sleep=2, mood=2, motivation=2 if bad < _BAD_WEEKS / 2 else 4, fatigue=1)
        elif well < 0.5:
            yield WellnessReported(soreness=4, sleep=4, mood=4, motivation=4, irritability=4, fatigue=4)

    def _chosen(self, number: int, mode: Mode) -> Iterator[tuple[Able, Intent, bool]]:
        """Choose the sets of a session: a main lift unless time is short, then others, the last one marked."""
        lifts, finishers, machines, bodyweight = self.person.abilities
        left = self._plan.sets
        if mode == "normal":
            yield lifts[number % len(lifts)], "work", False
            left -= 1
        others = (*finishers, *machines)
        other = others[number % len(others)]
        if number % 9 == 8:
            yield bodyweight[0], "amrap", True
            left -= 1
        for index in range(left):
            yield other, "work", index == left - 1

    def _set(
        self, able: Able, intent: Intent, last: bool, week: int, mode: Mode, at: datetime
    ) -> Generator[Sent, list[Event], datetime]:
        random, opened = self._random, at
        load_kg = able.load_kg(float(random.uniform(*LOADS_PCT)), week)
        truth = able.draw_set(load_kg, week, random)
        reps = timing.lift(truth, able.body, truth.reps_possible, random)
        seen = devices.observe(devices.measure(reps, "velocity", truth.sensor_sd_mps, random), "velocity")
        number = next(self._set_numbers)
        set_id = f"{number % 3}" if self.person.reuses_ids else f"{self.person.name}-{number}"
        start = SetStarted(
            set_id=set_id,
            exercise=able.exercise,
            load_kg=load_kg,
            intent=intent,
            is_last_set=last or None,
            spotter_present=self.person.has_spotter or None,
        )
        answer = yield [self._event(start, at, "app")]
        self._notice(answer)
        plan = next(event.data for event in answer if isinstance(event.data, AdviceGiven))
        done, learned, stop_after = 0, 0, None
        obeys = bool(random.uniform() < self.person.obedience)
        until = self._until(truth.reps_possible, obeys)
        goes_on = int(random.integers(1, 4))
        at += timedelta(seconds=5)
        began = at
        for rep in seen:
            if until is not None and done >= until:
                break
            at = began + timedelta(seconds=rep.end_s)
            data = RepCompleted(
                set_id=set_id,
                rep_number=rep.rep_number,
                mean_velocity_mps=rep.velocity_mps,
                rom_m=rep.rom_m,
                concentric_s=rep.duration_s,
            )
            event = self._event(data, at, "tracker")
            answer = yield [event, event] if random.uniform() < _SENT_TWICE / 8 else [event]
            self._notice(answer)
            done += 1
            for output in answer:
                if isinstance(output.data, EffortEstimated):
                    learned = output.data.learned_sets
                if isinstance(output.data, AdviceGiven) and not output.data.late and output.data.action in LOUD:
                    stop_after = done if stop_after is None else stop_after
            if stop_after is not None and (obeys or done >= stop_after + goes_on):
                break
        else:
            done = len(seen)
        # After all possible reps without a stop, the lifter tries another.
        failed = done == truth.reps_possible and (stop_after is None or stop_after < done)
        self.sets.append(
            SeasonSet(
                set_key=plan.set_key,
                exercise=able.exercise,
                intent=intent,
                opened_at=opened,
                mode=mode,
                plan=plan,
                learned_sets=learned,
                done=done,
                possible=truth.reps_possible,
                stop_after=stop_after,
                obedient=obeys and until is None,
            )
        )
        at += timedelta(seconds=10)
        yield from self._send(self._afterwards(set_id, truth.reps_possible - done, failed, done), at)
        return at

    def _until(self, possible: int, obeys: bool) -> int | None:
        """Return the reps after which a set ends regardless of advice, if any."""
        if obeys and self._random.uniform() >= _EARLY:
            return None
        return max(possible - 6, 1) if obeys else None

    def _afterwards(self, set_id: str, rir: int, failed: bool, done: int) -> Iterator[EventData]:
        random = self._random
        ends, calls, voided, noise = random.uniform(), random.uniform(), random.uniform(), random.standard_normal()
        if failed:
            yield EffortReported(set_id=set_id, failed=True)
        elif calls < self.person.calls:
            yield EffortReported(set_id=set_id, rir=habits.call(rir, noise))
        if ends >= _FORGETS:
            yield SetEnded(set_id=set_id)
        if voided < _VOIDED and done > 2:
            yield RepVoided(set_id=set_id, rep_number=done)

    def _send(self, announced: Iterator[EventData] | list[EventData], at: datetime) -> Training:
        events = [self._event(data, at + timedelta(seconds=index), "app") for index, data in enumerate(announced)]
        if events:
            self._notice((yield events))

    def _event(self, data: EventData, at: datetime, source: str) -> Event:
        owned = data.model_copy(update={"gym_id": GYM, "athlete_id": self.person.name})
        return Event(
            id=f"{next(self._ids)}",
            source=source,
            time=at,
            data=owned,
            senttime=at,
            receivedtime=at + _UNDER_WAY,
            configversion=0,
        )
