"""One lifter: the policy in force, the week's budget, check-ins, notices."""
