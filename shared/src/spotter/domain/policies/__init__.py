"""Policy as data: what a coach may change, in layers; every value states where it comes from and why it is there.

Layers, lowest first: what ships (policy.json), the gym's, the team's, the lifter's, the training block's, the session's.
`fields` has each value's range, `layers` merges layers, `programme` has blocks and sessions.
"""

from __future__ import annotations

from spotter.domain.policies.fields import Policy, PolicyFields, SessionFields, fields_of, values_in
from spotter.domain.policies.layers import LAYERS, Effective, Layer, LayerName, builtin_policy, effective
from spotter.domain.policies.programme import (
    Block,
    BlockKind,
    BlockSaid,
    OnDay,
    Programme,
    Session,
    SessionMode,
    on_day,
)

__all__ = [
    "LAYERS",
    "Block",
    "BlockKind",
    "BlockSaid",
    "Effective",
    "Layer",
    "LayerName",
    "OnDay",
    "Policy",
    "PolicyFields",
    "Programme",
    "Session",
    "SessionFields",
    "SessionMode",
    "builtin_policy",
    "effective",
    "fields_of",
    "on_day",
    "values_in",
]
