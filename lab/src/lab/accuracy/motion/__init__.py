"""How well raw motion is made into reps: recorded watch sets, and simulated bar signals.

* `watch`: recorded sets of a wrist, with the count of a logger; `fitting`: numbers fitted on all exercises but one;
* `bars`: simulated signals of a bar with what is true of them; `bar_scores`: what was found in them;
* `baseline`: an offline peak counter;
* `python -m lab.accuracy.motion` prints both tables, apart, and writes their figures.
"""
