"""The site's own choices, and the exceptions that somebody signed for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gigaworks.inventory import units
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.words import Date

State = Literal["expected", "discovered", "verified", "installed", "configured", "accepted", "drain", "repair"]


class PolicyNoun(Noun):
    """The policy: figures that are the site's choice, never a constant of the law.

    ``inrush`` is what a node draws while it starts, as a multiple of its maximum; ``ramp`` lies between two power-ons
    behind one feeder or CDU.
    """

    pue: Annotated[float, Field(ge=1)] = 1.3
    derating: Annotated[float, Field(gt=0, le=1)] = 1.0
    power_factor: Annotated[float, Field(gt=0, le=1)] = 0.95
    diversity: Annotated[float, Field(gt=0, le=1)] = 1.0
    shared_down_to: Literal["utility", "transformer", "generator", "switchgear", "sts", "ups"] = "transformer"
    phase_balance: units.Percent = 10.0
    inrush: Annotated[float, Field(ge=1, le=20)] = 1.0
    ramp: units.Seconds = 1.0
    canary: Annotated[int, Field(ge=1)] = 1
    wave_growth: Annotated[int, Field(ge=1)] = 3
    max_parallel: Annotated[int, Field(ge=1)] = 32
    time_limits: dict[State, units.Seconds] = Field(default={})
    fail_budget: units.Percent = 10.0


class WaiverNoun(Noun):
    """A waiver: which law, on what, why, who signed, until when."""

    law: str
    subject: str
    reason: str
    owner: str
    until: Date
