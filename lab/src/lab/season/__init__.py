"""A season of training, simulated: lifters who follow the advice for half a year, through the real detector and advisor.

* `exercises`: what is true of the exercises, in the home family of the accuracy protocol's simulator;
* `people`: who trains, where, how often, by which programme, and how obedient they are;
* `training`: what a lifter sends, rep by rep, and what they make of the advice;
* `gym`: detector and advisor, stepped in memory for many lifters side by side;
* `referee`: what the rules ask for, told by a judge of its own from what was said and done;
* `figures`: all of it counted; `running`: over processes; `table`: for people.
"""

from __future__ import annotations

from lab.season.figures import Figures
from lab.season.people import TrainingPlan
from lab.season.runner import season

__all__ = ["Figures", "TrainingPlan", "season"]
