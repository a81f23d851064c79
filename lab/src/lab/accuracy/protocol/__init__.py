"""The protocol: which sets are judged, who answers, how each is scored, and which targets are met.

* `plan`: seeds, lifters and cases; `simulated` runs them, in as many processes as there are processors;
* `scoring`: all scores of one estimator's answers; `rows`: model, oracles and baselines on one case;
* `rules`: alert thresholds, fixed on training lifters;
* `faulty` and `shapes`: alerts in spite of faults, and failed attempts;
* `motion`: raw motion made into reps;
* `targets`: what was to be reached; `recorded`: sets that people lifted, never mixed with simulated ones.
"""
