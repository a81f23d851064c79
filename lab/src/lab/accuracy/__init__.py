"""The accuracy of the model: simulated and recorded sets, scores, oracles, baselines and their report.

* `sets` and `truth`: a set as a device reported it, and the truth about it;
* `people`: recorded lifters, the alarm beside one-line rules; `properties`: what must hold for any set;
* `wide`: a world of lifters with the habits and reports of people, and its oracle;
* `simulation`: the narrow world, two families of simulated lifters, their devices, faults and habits;
* `oracles`: its exact posteriors, the best possible estimates from the same data;
* `baselines`: the methods of trackers and papers;
* `scores`: error, calibration and alerts; `protocol` runs them all, `report` writes figures and plots.
"""
