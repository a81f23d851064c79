"""The advisor: compares each estimate with exercise, lifter and weekly budget, and advises."""
