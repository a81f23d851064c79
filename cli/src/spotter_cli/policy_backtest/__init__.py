"""What would have been said under another policy: past weeks replayed from the log, side by side with what was said.

* `story`: what a log holds, read without touching it;
* `replaying`: the advisor over that story, as it was and under the policy that is tried;
* `comparing`: set by set, what differs; `showing`: for people and programs.
"""
