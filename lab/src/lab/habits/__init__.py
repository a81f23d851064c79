"""Workouts as people lift them and as their apps, trackers and they themselves report them, held against the truth.

* `workouts`: the truth: what was lifted, when, how near to failure, and what it costs by R10;
* `diary`: what is reported of it, as ordinary apps do, before habits change it;
* `set_names`, `devices`, `recorders`, `corrections`, `clocks`, `delivery`: the habits, each a change of the diary;
* `mix`: which habits there are, how often, and in which order they apply;
* `ambiguity`: the rules by which nobody could know what happened;
* `floor`: detector and advisor, stepped in memory through the arrivals, timers included;
* `comparison`: what Spotter made of it against the truth;
* `runner`: many workouts in parallel processes; `table`: output.
"""

from __future__ import annotations

from lab.habits.mix import workout_diary
from lab.habits.runner import HabitTally, run

__all__ = ["HabitTally", "run", "workout_diary"]
