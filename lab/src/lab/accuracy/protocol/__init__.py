"""The protocol: the sets that are judged, the estimators, their scores and the targets.

* `plan`: seeds, lifters and cases; `run` measures them side by side (`processes`); `simulations`: the narrow world;
* `score_rows`: all scores of one estimator's answers; `rows`: model, oracles and baselines on one case;
* `rules`: alert thresholds, fitted on training lifters;
* `faulty` and `shapes`: alerts under device faults, and failed attempts;
* `parts`: sets with two sides, help or calibration, told and untold;
* `motion`: reps counted in raw motion;
* `wide`: model, oracles, alarms and properties in the wide world;
* `people` and `recordings`: recorded sets, kept apart from simulated ones;
* `targets`: the targets.
"""
