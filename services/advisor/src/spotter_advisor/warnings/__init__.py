"""What speaks against failure now, or for it: warning signs, recovery, hard sets, plateaus; computed, explained, reversible.

A file a sign: `standing` (all that the rules of a set look at), `wellness` (R15), `velocity` (R16), `plateau` (R16, R17),
`hard` (R09), `sandbagging` (R20), `readiness` (one number and its parts).
"""
