"""Many steps as one script, played by this computer's own shell."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

import pytest

from gigaworks.roles.check import Output
from gigaworks.roles.script import Assume, Other, Outcome, Ran, Run, Script, Step

SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]


def play(groups: Sequence[Sequence[Step]], reads: Sequence[str] = (), shell: str = "sh") -> Outcome:
    """Play a script and hear it in small pieces."""
    script = Script(groups, reads)
    done = subprocess.run([shell, "-s"], input=script.text, capture_output=True, timeout=20, check=False)
    for start in range(0, len(done.stdout), 5):
        script.hear(done.stdout[start : start + 5])
    script.error += done.stderr
    assert script.over
    return script.outcome()


@pytest.mark.parametrize("shell", SHELLS)
def test_each_command_keeps_its_own(shell: str) -> None:
    """Input, output, complaints and exit status are each command's own, and so is a shell that one of them breaks."""
    every_byte = bytes(range(256)) * 20
    steps = [
        Run("cat; echo oops >&2", b"a line\n"),
        Run("cat", b"GW_END\nno end"),
        Run("wc -c | tr -d ' '", every_byte),
        Run("set -e; trap 'echo bye' EXIT; false; echo never", codes=(1,)),
        Run("if then", codes=(2,)),
        Run("x=1; exit 3", codes=(0, 3)),
        Run('printf %s "$x"'),
    ]
    outcome = play([steps], ["echo read; exit 7", "echo more"], shell)
    ran = [step for step in outcome.steps if isinstance(step, Ran)]
    assert [(step.code, step.out) for step in ran if step.code != 2] == [
        (0, "a line\n"), (0, "GW_END\nno end"), (0, f"{len(every_byte)}\n"), (1, "bye\n"), (3, ""), (0, ""),
    ]  # fmt: skip
    assert ran[0].error == "oops\n"
    assert "yntax error" in ran[4].error
    assert outcome.reads == [Output(7, "read\n"), Output(0, "more\n")]


def test_it_ends_at_the_first_failure() -> None:
    """What stands behind a command that fails is not run, and nothing is read."""
    outcome = play([[Run("echo one")], [Run("echo no >&2; false"), Run("echo never")]], ["echo never"])
    assert outcome.steps == [Ran(0, "one\n", ""), Ran(1, "", "no\n"), None]
    assert outcome.reads == [Output(None, "")]
    assert outcome.whole


def test_it_ends_at_a_surprise() -> None:
    """A fact that says something else ends the script; the facts of the same operation are told, the others not."""
    groups: list[list[Step]] = [
        [Assume("a", "echo same; echo", "same\n\n"), Run("echo ran")],
        [Assume("sure", "echo sure", "old\n", sure=True), Assume("b", "echo now", "then\n"), Run("echo never")],
        [Assume("c", "echo x", "y\n"), Run("echo never")],
    ]
    outcome = play(groups)
    assert outcome.steps == [
        None, Ran(0, "ran\n", ""), Other(Output(0, "sure\n")), Other(Output(0, "now\n"), surprise=True),
        None, None, None,
    ]  # fmt: skip


def test_a_fact_that_fails_is_a_surprise() -> None:
    """The same words with another exit status are not what was assumed."""
    outcome = play([[Assume("a", "echo x; exit 4", "x\n")]])
    assert outcome.steps == [Other(Output(4, "x\n"), surprise=True)]


def test_a_folder_s_times_do_not_matter() -> None:
    """Owner and mode of a folder are compared, its times and size are not; of a file they are."""
    line = "user=root group=root mode={} atime={} mtime=1 ctime=1 size=1 '/x'"

    def told(mode: str, wanted: str) -> list[Ran | Other | None]:
        text = f'echo "{line.format(mode, 2)}"'
        return play([[Assume("a", text, line.format(wanted, 1) + "\n")]]).steps

    assert told("drwxr-xr-x", "drwxr-xr-x") == [None]
    assert told("drwxr-xr-x", "drwx------") != [None]
    assert told("-rw-r--r--", "-rw-r--r--") != [None]


def test_half_a_script_does_nothing() -> None:
    """The connection may end anywhere in the script: nothing of it has run then."""
    text = Script([[Run("echo ran")]], [], mark="==m==").text
    for length in range(0, len(text) - 2, 7):
        done = subprocess.run(["sh", "-s"], input=text[:length], capture_output=True, timeout=20, check=False)
        assert b"ran\n" not in done.stdout.replace(b"echo ran", b"")


def test_it_ends_when_nobody_listens() -> None:
    """A controller that is gone ends the script at its next word."""
    text = Script([[Run("sleep 0.2")], [Run("echo late >&2")]], [], mark="==m==").text
    process = subprocess.Popen(["sh", "-s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(text)
    process.stdin.close()
    process.stdout.readline()
    process.stdout.close()
    assert b"late" not in process.stderr.read()
    assert process.wait(10) != 0


def test_a_command_s_time_begins_with_it() -> None:
    """The time limit is that of the command which runs, and starts anew with each step."""
    script = Script([[Run("a", limit=7.0), Run("b", limit=9.0)]], [], mark="==m==")
    assert not script.hear(b"welcome to this machine\n")
    assert script.hear(b"==m== open 0\n==m== run 0\n")
    assert (script.running, script.limit) == (0, 7.0)
    assert not script.hear(b"a lot of words\n")
    assert script.hear(b"\n==m== end 0\n==m== run 1\n")
    assert (script.running, script.limit) == (1, 9.0)
