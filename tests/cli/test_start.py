"""Starting up: quick, lazy, and with an exit code that means one thing."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import click
import pytest

from gigaworks.cli import main as program
from gigaworks.cli.views.screen import Screen, Stream
from gigaworks.inventory.problem import (
    GigaworksError,
    Locked,
    NotAuthorised,
    PartlyDone,
    Problem,
    Refused,
    SiteError,
    WrongUse,
)

HEAVY = (
    "pulumi",
    "pyinfra",
    "sqlalchemy",
    "pydantic",
    "sushy",
    "aiohttp",
    "rich",
    "jinja2",
    "paramiko",
    "grpc",
    "yaml",
)
COMMANDS = Path(program.__file__).parent / "commands"
VERBS = [verb for section in program.VERBS.values() for verb in section]


def run(*arguments: str) -> tuple[int, str, str]:
    """Run a command line in this process; return its exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):  # Click prints its help pages itself
        code = program.run(list(arguments), Screen(Stream(out), Stream(err)))
    return code, out.getvalue(), err.getvalue()


def test_help_imports_nothing_heavy() -> None:
    """The help page, a topic and the version load no engine, no database, no drawing of screens."""
    for arguments in (["--help"], ["help", "exit-codes"], ["completion", "bash"], ["plan", "--help"]):
        code = (
            "import sys; from gigaworks.cli.main import run; "
            f"assert run({arguments!r}) == 0; print(*sorted(sys.modules), file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        assert not {name.split(".")[0] for name in done.stderr.split()} & set(HEAVY), arguments


def test_every_verb_has_one_file_and_every_file_is_a_verb() -> None:
    """The table of verbs and the folder of commands agree; each command has a help page."""
    assert sorted(VERBS) == sorted(path.stem.replace("_", "-") for path in COMMANDS.glob("[a-z]*.py"))
    for verb in VERBS:
        code, out, _ = run(verb, "--help")
        assert code == 0
        assert out.startswith(f"Usage: gigaworks {verb}")


def test_help_pages_keep_their_examples_in_lines() -> None:
    """No help page shows click's mark for lines that are kept; the lines of examples begin with the program's name."""
    pages = {verb: run(verb, "--help")[1] for verb in VERBS}

    assert [verb for verb, page in pages.items() if "\\b" in page] == []
    assert "\n  gigaworks show demo power\n" in pages["show"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (GigaworksError("x"), 1),
        (SiteError("x"), 1),
        (PartlyDone("x"), 3),
        (NotAuthorised("x"), 4),
        (Refused("x"), 5),
        (Locked("x"), 6),
        (WrongUse("x"), 64),
        (click.UsageError("x"), 64),
        (click.Abort(), 130),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda it: type(it).__name__,
)
def test_every_failure_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, tmp_path: Path
) -> None:
    """Whatever a command raises ends in the code that the help topic promises, without a traceback."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("gigaworks.cli.opening.site_folder", fail)
    ended, _, err = run("audit", "log", str(tmp_path))
    assert ended == code
    assert "Traceback" not in err


def test_what_nobody_expected_is_one_line_and_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A bug shows its kind and where the traceback was put, readable by its owner only; the screen has none."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("gigaworks.cli.opening.site_folder", fail)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    code, out, err = run("audit", "log")
    assert (code, out) == (1, "")
    assert "ZeroDivisionError" in err
    assert "Traceback" not in err
    (kept,) = (tmp_path / "gigaworks" / "debug").iterdir()
    assert "Traceback" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_every_documented_exit_code_is_in_the_help_topic() -> None:
    """The topic lists exactly the codes that errors can carry, and those of click and shells."""
    _, text, _ = run("help", "exit-codes")
    listed = {int(line.split()[0]) for line in text.splitlines() if line[:1].isdigit()}
    assert listed == {0, 1, 2, 3, 4, 5, 6, 64, 130}


@pytest.mark.parametrize(
    ("environment", "terminal", "colour", "live"),
    [
        ({}, True, True, True),
        ({}, False, False, False),
        ({"NO_COLOR": "1"}, True, False, True),
        ({"NO_COLOR": ""}, True, True, True),
        ({"FORCE_COLOR": "1"}, False, True, False),
        ({"FORCE_COLOR": "0"}, False, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False, True),
        ({"TERM": "dumb"}, True, False, False),
        ({"CI": "true"}, True, True, False),
    ],
)
def test_colour_and_redrawing_follow_the_environment(
    environment: dict[str, str], terminal: bool, colour: bool, live: bool
) -> None:
    """NO_COLOR, FORCE_COLOR, TERM=dumb, CI and the stream itself decide, each stream for itself."""

    class File(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    stream = Stream.of(File(), environment)
    assert (stream.colour, stream.live) == (colour, live)


def test_a_real_terminal_gets_colour_and_a_pipe_does_not(tmp_path: Path) -> None:
    """The same finding in a pseudo-terminal has escapes; NO_COLOR and pipes have none."""
    program_path = Path(sys.executable).with_name("gigaworks")
    command = [str(program_path), "check", str(tmp_path)]

    def on_terminal(**environment: str) -> str:
        leader, follower = pty.openpty()
        clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "CI", "TERM")}
        subprocess.run(
            command,
            stdout=follower,
            stderr=follower,
            timeout=60,
            check=False,
            env={**clean, "TERM": "xterm", **environment},
        )
        os.close(follower)
        text = os.read(leader, 65536).decode()
        os.close(leader)
        return text

    assert "\x1b[" in on_terminal()
    assert "\x1b[" not in on_terminal(NO_COLOR="1")
    assert "\x1b[" not in subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stderr


def test_a_reader_that_goes_away_ends_nothing(tmp_path: Path) -> None:
    """`gigaworks … | head -1` is quiet: no traceback, no complaint at the end."""
    program_path = Path(sys.executable).with_name("gigaworks")
    command = f"set -o pipefail; for i in 1 2 3; do {program_path} schema; done | head -1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_a_stream_without_a_reader_is_silent_and_the_work_goes_on() -> None:
    """Writing to a closed pipe raises nothing, now or later."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as file:
        stream = Stream(file)
        stream.line("x")
        stream.line("y")
        assert stream.broken
        os.dup2(os.open(os.devnull, os.O_WRONLY), writer)


def test_completion_offers_verbs_sites_and_nodes(tmp_path: Path) -> None:
    """The shell gets verbs, folders that hold a site, and the names of what is in a site."""

    def complete(line: str) -> str:
        environment = {**os.environ, "_GIGAWORKS_COMPLETE": "bash_complete", "COMP_WORDS": line}
        environment["COMP_CWORD"] = str(len(line.split(" ")) - 1)
        program_path = Path(sys.executable).with_name("gigaworks")
        return subprocess.run(
            [str(program_path)], capture_output=True, text=True, timeout=60, check=False, env=environment, cwd=tmp_path
        ).stdout

    assert run("init", str(tmp_path / "demo"))[0] == 0
    assert "plain,plan" in complete("gigaworks pla").splitlines()
    assert "plain,demo" in complete("gigaworks plan d").splitlines()
    assert "plain,node/gpu-01-n1" in complete("gigaworks show demo node/gpu").splitlines()
    assert "plain,rack/h1/gpu-01" in complete("gigaworks capacity demo --like rack/h1/g").splitlines()
    assert "plain,cooling/h1/cdu-1/2" in complete("gigaworks what-if demo --lose cooling/").splitlines()
    for shell in ("bash", "zsh", "fish"):
        code, script, _ = run("completion", shell)
        assert code == 0
        assert "_GIGAWORKS_COMPLETE" in script


def test_a_problem_reaches_json_lines_too(tmp_path: Path) -> None:
    """A run that fails says so in its stream, whose first line is the version."""
    import msgspec

    from gigaworks.cli.views.run import Run
    from gigaworks.cli.workflows.events import Event

    out, file = io.StringIO(), tmp_path / "events.jsonl"
    screen = Screen(Stream(out), Stream(io.StringIO()))
    problem = Problem("it went wrong", fix="try again")

    def work() -> None:
        with Run(screen, "x", as_json=True, into=file) as watched:
            watched.emit(Event(kind="phase", subject="stacks"))
            raise GigaworksError(problem)

    with pytest.raises(GigaworksError):
        work()
    for text in (out.getvalue(), file.read_text()):
        lines = [msgspec.json.decode(line) for line in text.splitlines()]
        assert [line["type"] for line in lines] == ["version", "phase", "problem"]
        assert [line["sequence"] for line in lines] == [0, 1, 2]
        assert lines[0]["schema"] == "1.0"
        assert lines[2]["data"]["fix"] == "try again"


def test_every_option_can_be_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`GIGAWORKS_<VERB>_<OPTION>` is the option, as the help topic says; for every option of every verb."""
    import msgspec

    assert run("init", str(tmp_path / "demo"))[0] == 0
    monkeypatch.setenv("GIGAWORKS_CHECK_JSON", "1")
    code, out, _ = run("check", str(tmp_path / "demo"))
    assert (code, msgspec.json.decode(out)["schema"]) == (0, "1.0")
    for verb in VERBS:
        command = program.cli.get_command(click.Context(program.cli), verb)
        assert command is not None
        for option in (it for it in command.params if isinstance(it, click.Option)):
            long = max(option.opts, key=len).removeprefix("--").replace("-", "_")
            assert option.name == long or long in ("list", "set"), (verb, option.name)
