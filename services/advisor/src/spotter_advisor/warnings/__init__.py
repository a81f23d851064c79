"""What the last weeks say for or against failure: warnings, hard and easy sets, plateaus, readiness.

Reported warnings (R15) come from `check_in`, measured ones (R16) from `velocity_loss` and `plateau`; `effort_shares` counts
hard sets (R09) and easy ones (R20), `readiness` puts all of it into one number.
"""
