"""Policy as data: what a coach may change, layer over layer; every value says where it comes from and why it is there.

Layers, lowest first: what ships (policy.json), the gym's, the team's, the lifter's, the block's of the training
calendar, the session's. `fields` says what a value may be, `layers` which one holds, `programme` what was said when.
"""

from __future__ import annotations

from spotter.domain.policies.fields import Policy, PolicyFields, SessionFields, fields_of, folded, said_in
from spotter.domain.policies.layers import LAYERS, Effective, Layer, LayerName, Value, builtin_policy, effective
from spotter.domain.policies.programme import (
    Block,
    BlockKind,
    BlockSaid,
    OnDay,
    Programme,
    Session,
    SessionMode,
    block_on,
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
    "Value",
    "block_on",
    "builtin_policy",
    "effective",
    "fields_of",
    "folded",
    "on_day",
    "said_in",
]
