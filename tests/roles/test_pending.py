"""Operations that are decided ahead and run as one script do what they would do one by one; on our own shell."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pyinfra = pytest.importorskip("pyinfra")

from pyinfra.api.exceptions import NestedOperationError  # noqa: E402
from pyinfra.context import ctx_host, ctx_state  # noqa: E402
from pyinfra.operations import files, python, server  # noqa: E402

from gigaworks.roles import pending, session  # noqa: E402
from gigaworks.roles.connector import GigaworksConnector  # noqa: E402
from gigaworks.roles.facts.probe import Probe  # noqa: E402
from gigaworks.roles.operations.probed import probed  # noqa: E402
from gigaworks.roles.operations.rendered import rendered_file  # noqa: E402
from gigaworks.roles.operations.service import when_changed  # noqa: E402
from gigaworks.roles.runner import NOWHERE  # noqa: E402
from gigaworks.roles.script import Script  # noqa: E402
from gigaworks.roles.target import Context, Operation, Target  # noqa: E402

Role = Callable[[Path], None]


class Here(GigaworksConnector):
    """The computer at hand as a node: shell texts and scripts run in its own shell."""

    def connect(self) -> None:
        """Be there."""

    def _exchange(self, command: str, stdin: bytes) -> tuple[int, bytes, bytes]:
        self.executions += 1
        done = subprocess.run(["sh", "-c", command], input=stdin, capture_output=True, timeout=20, check=False)
        return done.returncode, done.stdout, done.stderr

    scripts = 0

    def _converse(self, script: Script) -> int:
        self.executions += 1
        self.scripts += bool(script.steps)
        done = subprocess.run(["sh", "-s"], input=script.text, capture_output=True, timeout=20, check=False)
        script.hear(done.stdout)
        script.error += done.stderr
        return done.returncode


@pytest.fixture(autouse=True)
def taken_over(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give pyinfra back as it was."""
    for name in ("execute_immediately", "OperationMeta"):
        monkeypatch.setattr(pending.pyinfra_operation, name, getattr(pending.pyinfra_operation, name))
    pending.take_over()
    yield
    ctx_host.reset()
    ctx_state.reset()


class Run:
    """A role called on this computer."""

    def __init__(
        self, role: Role, folder: Path, one_by_one: bool = False, mode: Any = "apply", hints: Any = None
    ) -> None:
        folder.mkdir(exist_ok=True)
        context = Context(
            name="here", address="", arch="x86_64", nics=[], routes=[], accelerators=None, bricks=[], mounts=[],
            peer=None, site=NOWHERE,
        )  # fmt: skip
        target = Target(
            name="here", address="", key_file="", known_hosts="", arch="x86_64", roles=[], context=context
        )  # fmt: skip
        state = session.make_state([target], mode)
        host = next(iter(state.inventory))
        host.connector = connector = Here(state, host)
        host.connected = True
        self.session: Any = session.Session(state, host, mode, lambda _: None)
        connector.hints = {} if hints is None else hints
        self.error: Exception | None = None
        if one_by_one:
            decide = connector.pending.call

            def call(op: str) -> None:
                decide(op)
                connector.pending.settle()

            connector.pending.call = call  # type: ignore[method-assign]
        with ctx_host.use(host):
            try:
                role(folder)
                connector.pending.settle()
            except Exception as error:  # whatever the role does: the test looks at it
                self.error = error
            self.operations: list[Operation] = self.session._called()
        self.executions = connector.executions
        self.changed = [operation.name for operation in self.operations if operation.change]


def chain(folder: Path) -> None:
    """Operations of which each changes what a later one reads."""
    files.directory(name="folder", path=f"{folder}/a", mode="755")
    files.put(name="file", src=io.StringIO("one\n"), dest=f"{folder}/a/file", mode="640")
    files.line(name="line", path=f"{folder}/a/lines", line="two")
    written = rendered_file(name="settings", path=f"{folder}/b/settings", content="x = 1\n", owner=OWNER)
    server.shell(name="told", commands=[f"echo told >>{folder}/log"], _if=when_changed(written))
    probed(name="counted", probe=f"cat {folder}/a/* | wc -l", expected="2", command=f"echo never >>{folder}/log")
    probed(name="linked", probe=f"readlink {folder}/link", expected="a/file", command=f"ln -s a/file {folder}/link")
    files.link(name="link", path=f"{folder}/link", target="a/file")
    probed(name="copied", probe=f"cat {folder}/copy", expected="one", command=f"cp {folder}/link {folder}/copy")


OWNER = subprocess.run(
    ["sh", "-c", "echo $(id -un):$(id -gn)"], capture_output=True, text=True, check=True
).stdout.strip()


def tree(folder: Path) -> dict[str, str]:
    """Return what is in a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"{path.relative_to(folder)} {path.stat().st_mode:o}": path.read_text() for path in found}


def test_the_same_as_one_by_one(tmp_path: Path) -> None:
    """State and report are those of operations that run where they are called, with a fraction of the executions."""
    ahead, slow = Run(chain, tmp_path / "ahead"), Run(chain, tmp_path / "slow", one_by_one=True)
    assert ahead.error is None
    assert tree(tmp_path / "ahead") == tree(tmp_path / "slow")
    assert ahead.changed == slow.changed
    assert "counted" not in ahead.changed, "it was decided before the file had two lines, and decided anew"
    assert ahead.executions < slow.executions


def test_a_like_node_knows_what_to_expect(tmp_path: Path) -> None:
    """What surprised one node is expected on the next: one script, the same state; where it is wrong, the same too."""
    first = Run(chain, tmp_path / "x")
    shutil.rmtree(tmp_path / "x")
    again = Run(chain, tmp_path / "x", hints=first.session.connector.hints)
    assert again.error is None
    assert again.changed == first.changed
    assert again.session.connector.scripts < first.session.connector.scripts
    (tmp_path / "x/a/file").unlink()
    (tmp_path / "x/b/settings").unlink()
    mended = Run(chain, tmp_path / "x", hints=first.session.connector.hints)
    assert mended.error is None
    assert Run(chain, tmp_path / "x").changed == []


def test_twice_changes_nothing(tmp_path: Path) -> None:
    """A second run finds all as it should be and sends no script."""
    Run(chain, tmp_path / "x")
    again = Run(chain, tmp_path / "x")
    assert (again.error, again.changed) == (None, [])
    assert [operation.name for operation in again.operations][-1] == "copied"


def test_a_plan_runs_nothing(tmp_path: Path) -> None:
    """A plan tells what would change, conditions included, and leaves everything alone."""
    planned = Run(chain, tmp_path / "x", mode="plan")
    assert planned.error is None
    assert {"folder", "file", "settings", "told", "linked"} <= set(planned.changed)
    assert tree(tmp_path / "x") == {}


def test_a_failure_names_its_operation(tmp_path: Path) -> None:
    """What came before has run and is told, what comes behind has not and is not."""

    def role(folder: Path) -> None:
        server.shell(name="first", commands=[f"touch {folder}/first"])
        server.shell(name="broken", commands=[f"touch {folder}/half", "echo no room >&2; false", "true"])
        server.shell(name="never", commands=[f"touch {folder}/never"])

    for one_by_one in (False, True):
        run = Run(role, tmp_path / str(one_by_one), one_by_one)
        assert isinstance(run.error, NestedOperationError)
        assert run.session.running == "broken"
        assert run.session.connector.failure
        assert run.session.connector.failure[1] == "no room"
        assert (run.changed, [operation.name for operation in run.operations]) == (["first"], ["first", "broken"])
        assert sorted(path.name for path in (tmp_path / str(one_by_one)).iterdir()) == ["first", "half"]


def test_a_role_that_breaks_has_run_so_far(tmp_path: Path) -> None:
    """An exception of the role's own comes after what it called."""

    def role(folder: Path) -> None:
        server.shell(name="first", commands=[f"touch {folder}/first"])
        raise ValueError

    run = Run(role, tmp_path / "x")
    assert isinstance(run.error, ValueError)


def test_results_are_true_where_a_role_looks_at_them(tmp_path: Path) -> None:
    """A role that asks for an output, a change or a fact gets what is so after everything that it called."""
    seen: list[Any] = []

    def role(folder: Path) -> None:
        server.shell(name="write", commands=[f"echo x >{folder}/file"])
        said = server.shell(name="say", commands=["echo hello", "echo again"])
        seen.append(said.stdout)
        server.shell(name="write more", commands=[f"echo y >>{folder}/file"])
        seen.append(pyinfra.host.get_fact(Probe, text=f"cat {folder}/file"))
        same = probed(name="same", probe=f"cat {folder}/file", expected="x\ny", command="false")
        seen.append(same.did_change())

    run = Run(role, tmp_path / "x")
    assert run.error is None
    assert seen == ["hello\nagain", "x\ny", False]


def test_what_is_more_than_shell_text(tmp_path: Path) -> None:
    """A Python function, a retried and an ignored failure run where they stand, between the others."""
    seen: list[str] = []

    def look(path: str) -> None:
        seen.append(Path(path).read_text())

    def role(folder: Path) -> None:
        server.shell(name="before", commands=[f"echo before >{folder}/file"])
        python.call(name="look", function=look, path=f"{folder}/file")
        server.shell(name="ignored", commands=["false"], _ignore_errors=True)
        server.shell(name="after", commands=[f"echo after >{folder}/file"])
        python.call(name="look again", function=look, path=f"{folder}/file")

    run = Run(role, tmp_path / "x")
    assert run.error is None
    assert seen == ["before\n", "after\n"]
    assert run.changed == ["before", "look", "after", "look again"]


def test_a_fact_behind_its_own_command(tmp_path: Path) -> None:
    """An operation that reads a fact after it gave a command gets what is so after that command."""
    from pyinfra.api import StringCommand, operation

    @operation()
    def counts(path: str) -> Any:
        yield StringCommand(f"echo x >>{path}")
        count = pyinfra.host.get_fact(Probe, text=f"wc -l <{path}")
        yield StringCommand(f"echo {count} >{path}.count")

    def role(folder: Path) -> None:
        server.shell(name="begin", commands=[f"echo x >{folder}/file"])
        counts(name="count", path=f"{folder}/file")

    run = Run(role, tmp_path / "x")
    assert run.error is None
    assert (tmp_path / "x/file.count").read_text() == "2\n"
    assert run.changed == ["begin", "count"]


def test_a_large_file_goes_alone(tmp_path: Path) -> None:
    """A file larger than a script may be arrives whole, in its turn."""
    content = "0123456789\n" * 100_000

    def role(folder: Path) -> None:
        files.put(name="large", src=io.StringIO(content), dest=f"{folder}/large")
        server.shell(name="count", commands=[f"wc -c <{folder}/large >{folder}/count"])

    run = Run(role, tmp_path / "x")
    assert run.error is None
    assert int((tmp_path / "x/count").read_text()) == len(content)
