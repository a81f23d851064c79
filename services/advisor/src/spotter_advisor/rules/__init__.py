"""The rules of a set: where *stop* is advised, the floor, whether failure is allowed, and why.

What each rule says, and their precedence: `spotter.domain.rules`. Rules that know a limit state it as a `RuleBound`; the
highest bound is the target, and of equal bounds the one of the rule with precedence decides. `failure_offers` makes room
for failure, `failure_limits` takes it away, `set_terms` combines them.

Floors and precedence are a design choice on the side of safety; what failure gains and costs: Refalo et al. 2023,
Robinson et al. 2024, Morán-Navarro et al. 2017.
"""
