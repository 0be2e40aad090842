"""gigaworks capacity: how many more racks fit, and what stops the next one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gigaworks.cli import options
from gigaworks.cli.opening import complete_rack
from gigaworks.cli.views.screen import Screen

if TYPE_CHECKING:
    from gigaworks.inventory.capacity.fits import Capacity, Kind


@click.command("capacity")
@options.site
@click.option("--like", metavar="RACK", shell_complete=complete_rack, help="One rack: every resource that it takes.")
@options.as_json
@click.pass_obj
def command(screen: Screen, site: Path, like: str | None, json: bool) -> int:
    r"""Say how many more racks of each kind fit into SITE, what stops the next one, and which kW are stranded.

    More racks of a kind stand where those of that kind stand: same hall, feeds and cooling, as full as they are. The
    answer is what the laws allow; a limit that nobody declared is named as unknown.

    \b
    gigaworks capacity demo
    gigaworks capacity demo --like rack/h1/gpu-01
    """
    from gigaworks.cli.opening import open_case
    from gigaworks.cli.views import capacity as view
    from gigaworks.inventory.capacity.fits import Capacity
    from gigaworks.inventory.capacity.stranded import stranded

    asked = Capacity(*open_case(site))
    kinds = [_kind(asked, like)] if like else asked.kinds
    answers = [asked.fits(kind) for kind in kinds]
    kept = [it for it in stranded(asked.case) if not like or it.subject == f"rack/{kinds[0].places[0][0]}"]
    if json:
        view.show_json(answers, kept, screen.out)
    elif like:
        view.show_like(answers[0], kept, screen.out)
    else:
        view.show_capacity(asked.case.blueprint, answers, kept, screen.out)
    return 0


def _kind(asked: Capacity, name: str) -> Kind:
    from gigaworks.cli.opening import one_of
    from gigaworks.inventory.problem import Problem, WrongUse

    name = name.removeprefix("rack/")
    racks = asked.case.blueprint.racks
    keys = [key for key, rack in racks.items() if name in (key, rack.name)] or [one_of(list(racks), name, "rack")]
    kind = asked.like(keys[0])
    if kind is None:
        detail = f"rack {keys[0]} holds switches, which grow with their fabric, or nothing"
        raise WrongUse(Problem("not a kind of rack to have more of", detail, "name a rack with nodes in it"))
    return kind
