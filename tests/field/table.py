"""All situations."""

from __future__ import annotations

from typing import Final

from tests.field.arrival import ARRIVAL
from tests.field.door import DOOR
from tests.field.exposures import EXPOSURES
from tests.field.ledger import LEDGER
from tests.field.reps import REPS
from tests.field.situation import Situation
from tests.field.which_set import WHICH_SET

SITUATIONS: Final[tuple[Situation, ...]] = (*WHICH_SET, *ARRIVAL, *REPS, *EXPOSURES, *LEDGER, *DOOR)
