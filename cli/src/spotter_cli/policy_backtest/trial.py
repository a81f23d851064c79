"""The policy that is tried: a layer, as a coach would send it."""

from __future__ import annotations

from pathlib import Path

import orjson
from pydantic import ValidationError

from spotter.domain.policies import BlockSaid, PolicyFields
from spotter_standalone.errors import CliError


class Trial(PolicyFields):
    """A layer of policy, perhaps for a block of the calendar only."""

    block: BlockSaid | None = None


def read_trial(file: Path) -> Trial:
    """Read a layer from JSON; raises CliError that names the field."""
    try:
        document = orjson.loads(file.read_bytes())
    except OSError as error:
        raise CliError(f"The policy {file} can't be read ({error.strerror or error}).") from None
    except orjson.JSONDecodeError as error:
        raise CliError(f"The policy {file} is no JSON ({error}).") from None
    if not isinstance(document, dict):
        raise CliError(f'The policy {file} must be an object such as {{"target_rir": 3}}.')
    unknown = sorted(set(document) - set(Trial.model_fields))
    if unknown:
        raise CliError(f"The policy {file} has no such field: {', '.join(unknown)}.")
    try:
        return Trial.model_validate(document)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, error['loc'])) or 'policy'}: {error['msg']}" for error in error.errors())
        raise CliError(f"The policy {file} can't be used: {wrong}.") from None
