"""One workout on a sheet: what happened, what was sent, and what Spotter made of it."""

from __future__ import annotations

from lab.habits.comparison import compare, sight_of
from lab.habits.diary import Diary
from lab.habits.floor import Attendance, attend, happened_s
from lab.habits.mix import workout_diary
from spotter.domain.events.envelope import present_fields


def print_sheet(seed: int) -> None:
    """Print a workout."""
    diary = workout_diary(seed)
    print(f"workout {seed}, second 0 is {diary.visit.base:%Y-%m-%d %H:%M:%S}")
    print(f"habits: {', '.join(sorted(diary.habits)) or 'none'}")
    if diary.ambiguous:
        print(f"nobody could know: {', '.join(diary.ambiguous)}")
    _print_truth(diary)
    [attendance] = attend([diary])
    _print_events(attendance)
    _print_outcome(attendance)
    print("\ndifferences")
    for deviation in compare(attendance):
        print(f"  {deviation.kind}: {deviation.detail}")


def _print_truth(diary: Diary) -> None:
    print("\ntruth")
    for index, logged in enumerate(diary.sets):
        never = " (never happened)" if logged.never else ""
        print(f"  set {index} {logged.set_id} exposure {logged.first.exposure}{never}")
        for bout in logged.bouts:
            numbers = f"{bout.reps[0].number}-{bout.reps[-1].number}"
            print(
                f"    {bout.begun_s:7.1f} to {bout.ended_s:7.1f}: {bout.exercise} {bout.load_kg} kg {bout.work}"
                f" {bout.arm or ''} {bout.joint or ''} reps {numbers}, {bout.left} left"
            )


def _print_events(attendance: Attendance) -> None:
    print("\nevents: arrival, corrected time, sender, what")
    base = attendance.diary.visit.base
    for event in attendance.sent:
        fields = {
            name: value
            for name, value in present_fields(event.data).items()
            if name not in ("gym_id", "athlete_id", "velocity_metric", "rom_m", "started_at")
        }
        shown = " ".join(f"{name}={value}" for name, value in fields.items())
        kind = event.type.removeprefix("spotter.").removesuffix(".v1")
        arrived_s = (event.received - base).total_seconds()
        happened = happened_s(attendance.diary, event)
        print(f"  {arrived_s:9.1f} {happened:9.1f} {event.source:8}{kind:16} {shown}  [{event.id}]")


def _print_outcome(attendance: Attendance) -> None:
    print("\noutcome")
    base = attendance.diary.visit.base
    sight = sight_of(attendance.lane.story, attendance.lane.published)
    numbers = {report.id: report.rep for report in attendance.diary.reports}
    for key, seen in sight.sets.items():
        opened, closed = seen.opened, seen.closed
        state = "open" if closed is None else f"{closed.reason}"
        if closed is not None and closed.merged_into:
            state += f", merged into {closed.merged_into[:8]}"
        if closed is not None and closed.voided:
            state += ", voided"
        begun_s = (opened.opened_at - base).total_seconds()
        exposure = (opened.exposure_key or "")[:8]
        print(
            f"  {key[:8]} {opened.set_id} from {begun_s:.1f}: {opened.exercise} {opened.load_kg} kg {opened.intent}"
            f" {opened.side or ''} exposure {exposure} {state}; cost {sight.costs.get(key, 0.0):g}"
        )
        counted = {rep.rep_event_id for rep in seen.counted()}
        for rep in sorted(seen.reps.values(), key=lambda rep: rep.rep_time):
            at_s = (rep.rep_time - base).total_seconds()
            marks = [*rep.flags, *seen.flags.get(rep.rep_event_id, ())]
            marks += [name for name in ("voided", "withdrawn", "assisted") if getattr(rep, name)]
            counts = "" if rep.rep_event_id in counted else "does not count"
            print(
                f"    {at_s:9.1f} #{rep.rep_number} rep {numbers.get(rep.rep_event_id)} {rep.mean_velocity_mps}"
                f" {rep.load_kg or ''} {rep.side or ''} {rep.kind or ''} {' '.join(marks)} {counts}"
            )
    for event, reject in attendance.lane.refused:
        print(f"  refused: {event.type} {event.id} {reject.reason}: {reject.detail}")
