"""What a document says can be typed: its commands run, and print what stands below them.

In a ``console`` block a line ``$ …`` is typed, lines ``> …`` go on with it, and what follows is printed; ``exit N``
where the exit code is not 0. All blocks of a document share one folder. ``UPDATE_SCREENS=1`` writes the output anew.
Commands of a block without ``$`` are shown for what they do: those that need no machines run, the others are parsed.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import click
import pytest

from gigaworks.cli.main import cli
from tests.cli.player import play, redacted, sit_down

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
PAGES = [path for path in sorted((ROOT / "docs").glob("*.md")) if "```console\n$ " in path.read_text()]
SHOWN = re.compile(r"^(gigaworks [^#\n]*?)(?:\s+#.*)?$", re.MULTILINE)
INLINE = re.compile(r"`(gigaworks [^`]*)`")
ALONE = ("init", "check", "fmt", "capacity", "what-if", "explain", "help", "version", "schema")  # need no machines


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_plays_as_it_is_written(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the page prints exactly what the page shows."""
    sit_down(tmp_path, monkeypatch)
    text = page.read_text()

    played = BLOCK.sub(lambda block: f"```console\n{_played(block[1], tmp_path)}```", text)

    assert "something unexpected" not in played
    if os.environ.get("UPDATE_SCREENS") and redacted(played) != redacted(text):
        page.write_text(re.sub(r"[ \t]+$", "", played, flags=re.MULTILINE))
    assert redacted(played) == redacted(page.read_text())


def _played(block: str, folder: Path) -> str:
    typed: list[list[str]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            typed.append([line])
        elif line.startswith("> ") and typed:
            typed[-1].append(line)
    shown = ""
    for lines in typed:
        code, text = play("\n".join(line[2:] for line in lines), folder)
        shown += "\n".join(lines) + "\n" + text + (f"exit {code}\n" if code else "")
    return shown


def test_what_the_readme_shows_can_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command of the README that needs no machines runs well, in order; the others have the options shown."""
    sit_down(tmp_path, monkeypatch)
    text = (ROOT / "README.md").read_text()
    commands = [found[1] for block in BLOCK.findall(text) for found in SHOWN.finditer(block)]
    commands += [command for command in INLINE.findall(text) if "…" not in command and "SITE" not in command]
    assert len(commands) > 15

    for command in commands:
        verb, *arguments = shlex.split(command)[1:]
        if verb in ALONE:
            assert play(command, tmp_path)[0] == 0, command
        elif not verb.startswith("-"):
            _parse(cli, [verb, *arguments])


def _parse(command: click.Command, arguments: list[str], parent: click.Context | None = None) -> None:
    """Have click read a command line without doing anything."""
    if isinstance(command, click.Group):
        context = click.Context(command, parent, **command.context_settings)
        inner = command.get_command(context, arguments[0])
        assert inner is not None, arguments
        _parse(inner, arguments[1:], context)
    else:
        command.make_context(command.name, list(arguments), parent)
