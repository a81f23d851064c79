"""Backtest of a policy: past weeks replayed from the log, compared with the advice that was given.

* `history`: what the log has, read without changing it;
* `trial`: the policy layer to try;
* `replay`: the advisor over that history, under the original and the trial policy;
* `comparison`: the differences, set by set; `display`: as a table or as JSON.
"""
