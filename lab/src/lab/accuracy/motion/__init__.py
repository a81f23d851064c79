"""The accuracy of reps counted in raw motion: recorded watch sets and simulated bar signals.

* `watch`: recorded wrist sets with their counts; `wrists`: simulated ones, and people who train nothing; `disturbances`: pads,
  shocks, frozen tails; `wrist_counts`: how well they are counted;
* `bars`: simulated bar signals with their truth; `bar_scores`: the scores of the reps found in them;
* `baseline`: an offline peak counter;
* `python -m lab.accuracy.motion` prints both tables and writes their figures.
"""
