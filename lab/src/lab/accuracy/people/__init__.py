"""The alarm on people: recorded sets of lifters who called their effort, and curls to failure by timing alone.

* `seasons`: each lifter's sets in order of time, with the profile that the product learns from those before;
* `efforts`: which sets were hard and which were easy; `alarm_scores`: how well two are told apart;
* `one_line_rules`: what a tracker's owner would do without a model;
* `alarm_table`: all of it, cold and as a season, clean and with all reports, the load told and untold;
* `curls`: reps left of sets that failed, beside the mean of the lifter's earlier sets.

Nothing here is fitted to a recording but what is said to be, with its lifter left out. Run it: `python -m lab.accuracy.people`.
"""
