"""The policy layer to try, in the form in which a coach would send it."""

from __future__ import annotations

from pathlib import Path

import orjson
from pydantic import ValidationError

from spotter.domain.policies import BlockSaid, PolicyFields
from spotter_standalone.errors import CliError


class Trial(PolicyFields):
    """A policy layer, optionally for one block of the calendar."""

    block: BlockSaid | None = None


def read_trial(file: Path) -> Trial:
    """Read a layer from JSON; raises CliError naming the faulty field."""
    try:
        document = orjson.loads(file.read_bytes())
    except OSError as error:
        raise CliError(f"The policy {file} can't be read ({error.strerror or error}).") from None
    except orjson.JSONDecodeError as error:
        raise CliError(f"The policy {file} is not JSON ({error}).") from None
    if not isinstance(document, dict):
        raise CliError(f'The policy {file} must be an object such as {{"target_rir": 3}}.')
    unknown = sorted(set(document) - set(Trial.model_fields))
    if unknown:
        raise CliError(f"The policy {file} has unknown fields: {', '.join(unknown)}.")
    try:
        return Trial.model_validate(document)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, error['loc'])) or 'policy'}: {error['msg']}" for error in error.errors())
        raise CliError(f"The policy {file} can't be used: {wrong}.") from None
