"""The wide world: lifters drawn from no model's priors, with the habits and reports of people.

The narrow world (`lab.accuracy.simulation`) agrees with published data and predicts little about people: its lifters
are drawn from what a model believes, and its devices report reps. Here one scale of the lifter spreads all velocities,
sets are warm-ups, singles and work sets that end anywhere, calls are compressed, and a set has reports that are no rep.

* `parameters`: its numbers; `first_velocity`: the population's velocity by reps possible;
* `sessions`, `laws`, `lifters` and `reports`: what lifters set out to do, their sets by either law of fatigue, and what is
  reported of them;
* `home_points`, `other_points`, `endings`, `assignments`, `oracle`: the posterior of the reps left from the same reports.
"""
