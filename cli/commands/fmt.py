"""gigaworks fmt: site files in the one form."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli.opening import complete_site
from gigaworks.cli.views.screen import Screen


@click.command("fmt")
@click.argument(
    "paths", metavar="[SITE|FILE]...", nargs=-1, type=click.Path(path_type=Path), shell_complete=complete_site
)
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 where a file is not in the one form.")
@click.option("--diff", is_flag=True, help="Change nothing; show the lines that would change.")
@click.pass_obj
def command(screen: Screen, paths: tuple[Path, ...], check: bool, diff: bool) -> int:
    """Write the files of SITE, or FILEs, in the one form, and name those that changed.

    Keys of a noun stand in the order of `gigaworks schema`, comments stay, what is declared stays the same. Each file
    is written whole or not at all, and none where one cannot be read.
    """
    from gigaworks.cli.views import fmt as view
    from gigaworks.cli.views.problems import placed
    from gigaworks.inventory.canonical import write_whole
    from gigaworks.inventory.fmt import files, formatted
    from gigaworks.inventory.problem import Problem, SiteError

    problems: list[Problem] = []
    changes: dict[Path, tuple[str, str]] = {}
    for path in paths or (Path(),):
        root = path if path.is_dir() else path.parent
        try:
            for file, text in files(path).items():
                now = formatted(text, file.relative_to(root).as_posix())
                if now.encode() != file.read_bytes():
                    changes[file] = (text, now)
        except SiteError as error:
            problems += placed(error.problems, root)
    if problems:
        raise SiteError(*problems)
    if not check and not diff:
        for file, (_, now) in changes.items():
            write_whole(file, now.encode(), file.stat().st_mode & 0o777)
    view.show_changes(changes, screen.out, diff=diff)
    return 1 if check and changes else 0
