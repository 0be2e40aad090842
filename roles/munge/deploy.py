"""Operations of role munge."""

from __future__ import annotations

from pyinfra.operations import apt

from gigaworks.inventory.problem import GigaworksError, Problem
from gigaworks.roles.munge.params import Params
from gigaworks.roles.operations.rendered import secret_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.secret import Secret, resolve
from gigaworks.roles.target import Context

LENGTH = range(32, 1025)  # bytes; munged(8), MUNGE_MINIMUM_SECRET_KEY_LENGTH and its maximum


def deploy(params: Params, context: Context) -> None:
    """Put the key in place and run the daemon."""
    key = resolve(params.key, context.site.folder)
    if len(key) not in LENGTH:
        raise GigaworksError(
            Problem(
                "the munge key has the wrong length",
                f"{params.key}: {len(key)} bytes; munged takes {LENGTH[0]} to {LENGTH[-1]}",
                "make one: head -c 1024 /dev/urandom",
                id="SECRET-2",
            )
        )
    apt.packages(name="Munge is there", packages=["munge"], no_recommends=True)
    placed = secret_file(
        name="Munge key", path="/etc/munge/munge.key", secret=Secret(key), mode="400", owner="munge:munge"
    )
    restarted(name="Munge reads its key", service="munge", _if=when_changed(placed))
    service(name="Munge runs", service="munge")
