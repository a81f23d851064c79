"""A season of training, simulated: lifters who follow the advice for half a year, through the real detector and advisor.

* `exercises`: the truth about exercises, in the home family of the accuracy protocol's simulator;
* `people`: lifters with their place, schedule, programme and obedience to advice;
* `training`: the events of a lifter, rep by rep, and the reaction to advice;
* `habits`: habits over what is sent, for a share of the lifters;
* `gym`: detector and advisor, stepped in memory for many lifters side by side;
* `referee`: an independent check of the rules against events and advice;
* `figures`: counts; `runner`: parallel processes; `table`: output.
"""

from __future__ import annotations

from lab.season.figures import Figures
from lab.season.people import TrainingPlan
from lab.season.runner import season

__all__ = ["Figures", "TrainingPlan", "season"]
