"""Backtest of a policy: past weeks replayed from the log, compared with the advice that was given.

* `history`: what the log has, read without changing it;
* `replay`: the policy layer to try, and the advisor over that history with and without it;
* `comparison`: the differences, set by set; `display`: as a table or as JSON.
"""
