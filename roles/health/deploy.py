"""Operations of role health."""

from __future__ import annotations

from gigaworks.roles.health import script
from gigaworks.roles.health.params import Params
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.target import Context


def deploy(params: Params, context: Context) -> None:
    """Put the script in place."""
    rendered_file(
        name="Health check", path=script.PATH, content=script.script(params, context), mode="755", judge="sh -n {}"
    )
