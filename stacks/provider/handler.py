"""What a resource type has to be able to do, and what it is given to do it with."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gigaworks.inventory import blueprint
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, NotAuthorised, Problem

if TYPE_CHECKING:
    from gigaworks.inventory.plant import Plant

Inputs = dict[str, Any]


class UnreadableError(GigaworksError):
    """A device cannot be looked at; what it holds is unknown, and that is itself worth reporting."""


class HalfMadeError(GigaworksError):
    """Something was made, but not all of it: the engine remembers it, and the next run repairs it."""


class Context:
    """The site that the engine works on; it comes through the environment, for the engine starts the provider."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        given = os.environ if environment is None else environment
        self.folder = SiteFolder(Path(given.get("GIGAWORKS_SITE", ".")))
        self.fencing = int(given["GIGAWORKS_FENCING"]) if given.get("GIGAWORKS_FENCING") else None
        self.destroying = given.get("GIGAWORKS_DESTROYING") == "true"
        self._database = given.get("GIGAWORKS_DATABASE") or None
        self._blueprint = Path(given.get("GIGAWORKS_BLUEPRINT", ""))
        self._once = threading.Lock()
        self._busy: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def plant(self) -> Plant:
        """The applied plant; opened when first needed, for a preview never does."""
        with self._once:
            return self._plant

    @cached_property
    def _plant(self) -> Plant:
        from gigaworks.inventory.plant import Plant, plant_url

        return Plant(plant_url(self.folder, self._database))

    def blueprint(self) -> blueprint.Blueprint:
        """Return the blueprint that is being applied."""
        return blueprint.decode(self._blueprint.read_bytes())

    def bmc_password(self) -> str:
        """Return the password of the BMC user.

        Raises:
            NotAuthorised: there is none.

        """
        try:
            return self.folder.bmc_password.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise NotAuthorised(
                Problem(
                    "the BMC password is missing",
                    f"{self.folder.bmc_password} does not exist",
                    "write the password of the BMC user into that file",
                )
            ) from None

    def alone(self, address: str) -> asyncio.Lock:
        """Return the lock of one device: a controller gets one call at a time."""
        return self._busy[address]

    def check_lease(self) -> None:
        """Make sure that the run which started us still holds the site's lease.

        Raises:
            Locked: it does not; nothing may be changed any more.

        """
        if self.fencing is not None:
            from gigaworks.stacks.engine.lease import check_fencing

            check_fencing(self.folder, self.fencing)


class Handler(Protocol):
    """One resource type. All is idempotent: ``apply`` on what is already so changes nothing."""

    noun: str  # its type in the applied plant
    needs: frozenset[str]  # inputs that must be there

    async def apply(self, context: Context, name: str, inputs: Inputs) -> None:
        """Make it so, whether or not something of it is there already.

        Raises:
            HalfMadeError: something was made, but not all of it.
            GigaworksError: nothing was made.

        """

    async def observe(self, context: Context, name: str, inputs: Inputs) -> Inputs | None:
        """Return the inputs as the world shows them; ``None`` when the thing is gone.

        Raises:
            UnreadableError: the device does not say.

        """

    async def remove(self, context: Context, name: str, inputs: Inputs) -> None:
        """Take it away; what is gone already is fine."""
