"""Replays a history through the advisor, under the original or, from some time on, the trial policy.

The trial policy is a layer in the form in which a coach would send it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson
from pydantic import ValidationError

from spotter.domain.events import Event, Unreadable, decode
from spotter.domain.events.people import PolicyUpdated
from spotter.domain.gym_config import Configuration, GymConfig
from spotter.domain.policies import BlockSaid, Layer, PolicyFields, effective, values_in
from spotter.domain.topics import ADVICE
from spotter.streaming.processor import Environment
from spotter.streaming.state_versions import Input, Stepper
from spotter_advisor.processor import Advisor
from spotter_cli.policy_backtest.history import LogHistory
from spotter_standalone.errors import CliError

SOURCE: Final = "spotter/policy-try"


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


class _TrialConfiguration(Environment):
    """The gyms' configuration with the trial layer on top."""

    def __init__(self, configuration: Configuration, trial: Trial) -> None:
        self._configuration = configuration
        self._layer = PolicyFields.model_validate(values_in(trial))
        self._block = trial.block

    def gym(self, gym_id: str, version: int | None) -> GymConfig:
        """Return a gym's configuration as of a version, with the trial layer on top."""
        gym = self._configuration.gym(gym_id, version)
        programme = gym.programme.with_layer(self._layer, self._block)
        return replace(gym, programme=programme, policy=effective([Layer("gym", programme.values)]).policy)


def replay_advice(
    history: LogHistory, trial: Trial | None = None, since: datetime | None = None, athlete_id: str | None = None
) -> tuple[Event, ...]:
    """Return the advisor's output for a history.

    Parameters
    ----------
    trial : Trial or None
        Applies on top of the gym's policy, or with `athlete_id` on top of that lifter's own.
    since : datetime or None
        The trial applies from each lifter's first event received at or after this time.
    """
    configuration = Configuration()
    for event in history.config:
        configuration.apply(event)
    stepper = Stepper(Advisor(), configuration)
    trial_configuration = None if trial is None or athlete_id is not None else _TrialConfiguration(configuration, trial)
    advice: list[Event] = []
    on_trial_athletes: set[str] = set()
    for record in history.estimates:
        try:
            received = decode(record.value).received
        except Unreadable:
            continue
        on_trial = trial is not None and (since is None or received >= since)
        stepper.env = trial_configuration if trial_configuration is not None and on_trial else configuration
        inputs = [Input(record.partition, record.offset, record.key, record.value)]
        if trial is not None and on_trial and athlete_id is not None and record.key not in on_trial_athletes:
            on_trial_athletes.add(record.key)
            state = stepper.state(record.key)
            layer = _own_layer(trial, record.key, received)
            for name, value in stepper.processor.step(state, layer, configuration).changes.items():
                stepper.table.put(record.key, name, record.offset - 1, value)
        batch = stepper.run(inputs)
        for key, name in batch.changed:
            stepper.table.prune(key, name, record.offset + 1)
        advice += (out.event for out in batch.outputs if out.topic == ADVICE)
    return tuple({(event.source, event.id): event for event in advice}.values())


def _own_layer(trial: Trial, key: str, at: datetime) -> Event:
    gym_id, _, athlete_id = key.partition("/")
    data = PolicyUpdated.model_validate({**values_in(trial), "block": trial.block}).model_copy(
        update={"gym_id": gym_id, "athlete_id": athlete_id}
    )
    return Event(id="trial", source=SOURCE, time=at, data=data, receivedtime=at)
