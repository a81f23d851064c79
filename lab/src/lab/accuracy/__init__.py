"""The accuracy of the model: simulated and recorded sets, scores, oracles, baselines and their report.

* `sets` and `truth`: a set as a device reported it, and the truth about it;
* `simulation`: two families of simulated lifters, their devices, faults and habits;
* `oracles`: exact posteriors, the best possible estimates from the same data;
* `baselines`: the methods of trackers and papers;
* `scores`: error, calibration and alerts; `protocol` runs them all, `report` writes figures and plots.
"""
