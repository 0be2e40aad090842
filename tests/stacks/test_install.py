"""Getting the engine: found, downloaded and checked, or built; whole or not at all, and once."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gigaworks.inventory.problem import GigaworksError
from gigaworks.stacks.engine import install
from gigaworks.stacks.engine.quiet import VERSION

SCRIPT = f"#!/bin/sh\necho v{VERSION}\n".encode()


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the cache of a computer that has nothing yet, with a release server that is a folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(install, "RELEASES", (tmp_path / "release").as_uri())
    return tmp_path


def _release(folder: Path, *, honest: bool = True) -> None:
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine())
    if machine is None:
        pytest.skip("no official release for this architecture")
    release = folder / "release"
    release.mkdir()
    archive = release / f"pulumi-v{VERSION}-linux-{machine}.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("pulumi/pulumi")
        member.size = len(SCRIPT)
        tar.addfile(member, io.BytesIO(SCRIPT))
    digest = hashlib.sha512(archive.read_bytes() if honest else b"other").hexdigest()
    (release / "SHA512SUMS").write_text(f"{'0' * 128}  other.tar.gz\n{digest}  ./{archive.name}\n")


def test_a_cli_of_another_version_on_path_is_not_taken(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wheel and CLI have to be of one version; the right one on PATH is used as it is, the wrong one ignored."""
    binary = empty / "pulumi"
    monkeypatch.setenv("PATH", f"{empty}:/usr/bin:/bin")
    binary.write_text("#!/bin/sh\necho v3.1.0\n")
    binary.chmod(0o755)
    assert install.find() is None
    binary.write_bytes(SCRIPT)
    assert install.find() == binary


def test_the_official_release_is_checked_and_put_in_place(empty: Path) -> None:
    """The download is compared with the published SHA-512, runs, and is found from then on without asking again."""
    _release(empty)
    said: list[str] = []
    placed = install.ensure(said.append)
    assert placed == empty / "cache" / "gigaworks" / "engine" / VERSION / "bin" / "pulumi"
    assert os.access(placed, os.X_OK)
    assert install.find() == placed
    assert all(each.endswith(" s)") for each in said)
    silent: list[str] = []
    assert install.ensure(silent.append) == placed
    assert silent == []


def test_a_download_that_is_not_the_published_one_is_refused(empty: Path) -> None:
    """A wrong digest is an error with both digests, nothing is installed, and it is not built behind one's back."""
    _release(empty, honest=False)
    with pytest.raises(GigaworksError, match="not the published one"):
        install.ensure(lambda _: None)
    assert install.find() is None
    assert [each.name for each in (empty / "cache/gigaworks/engine").rglob("*") if each.is_file()] == ["lock"]


@pytest.mark.usefixtures("empty")
def test_where_the_release_is_out_of_reach_it_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs at once: one builds, the other waits and takes what was built."""
    builds: list[int] = []

    def build(scratch: Path, say: Callable[[str], None]) -> Path:
        builds.append(1)
        say("building")
        made = scratch / "pulumi"
        made.write_bytes(SCRIPT)
        made.chmod(0o755)
        return made

    monkeypatch.setattr(install, "_build", build)
    said: list[str] = []
    runs = [threading.Thread(target=install.ensure, args=(said.append,)) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(30)
    assert builds == [1]
    assert any("out of reach" in each for each in said)


@pytest.mark.usefixtures("empty")
def test_a_build_that_does_not_run_is_not_put_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was made has to say its version before it replaces anything."""

    def build(scratch: Path, say: Callable[[str], None]) -> Path:  # noqa: ARG001
        made = scratch / "pulumi"
        made.write_text("#!/bin/sh\nexit 1\n")
        made.chmod(0o755)
        return made

    monkeypatch.setattr(install, "_build", build)
    with pytest.raises(GigaworksError, match="does not run"):
        install.ensure(lambda _: None)
    assert install.find() is None


def test_what_goes_wrong_in_a_build_is_told(empty: Path) -> None:
    """The end of the compiler's own words reaches the user, and what to do where nothing can be downloaded."""
    with pytest.raises(GigaworksError) as failed:
        install._patiently(["sh", "-c", "echo no such module >&2; exit 3"], empty, {}, "building", lambda _: None)
    problem = failed.value.problems[0]
    assert "ended with 3: no such module" in problem.detail
    assert VERSION in problem.fix


def test_the_pinned_module_is_the_wheel_s_version() -> None:
    """go.mod, the constant and the Python wheel name one version, or previews and applies would not fit together."""
    import importlib.metadata

    module = (Path(install.__file__).parent / "cli" / "go.mod").read_text()
    assert f"github.com/pulumi/pulumi/pkg/v3 v{VERSION}" in module
    assert f"github.com/pulumi/pulumi/sdk/v3 v{VERSION}" in module
    assert importlib.metadata.version("pulumi") == VERSION
