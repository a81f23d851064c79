"""How good the model is: simulated and recorded sets, scores, oracles, baselines and the report on them.

* `sets` and `truth`: one set as a device reported it, and what is true of it;
* `simulation`: two families of simulated lifters, their devices, faults and habits;
* `oracles`: the best that can be known at all, given what a model is given;
* `baselines`: what trackers and papers do instead;
* `scores`: error, calibration and alerts; `protocol` runs them all, `report` writes them down.
"""
