"""Secrets are nowhere but in their own files: not in a plan, a ledger, a report, a screen or an event."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path
from typing import cast

import pytest

from gigaworks.cli.main import run
from gigaworks.cli.opening import open_site
from gigaworks.cli.views.screen import Screen, Stream
from gigaworks.inventory.blueprint import Arch
from gigaworks.inventory.boot.image import image_store, publish
from gigaworks.inventory.folder import SiteFolder

CANARY = "canary-7f3a9c51"


def seeded(root: Path) -> SiteFolder:
    """Return a site folder whose every secret holds the canary, and what a plan needs besides."""
    out = Stream(io.StringIO())
    assert run(["init", str(root)], Screen(out, out)) == 0
    folder = SiteFolder(root)
    folder.secrets.mkdir(parents=True, mode=0o700)
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "demo", "-f", str(folder.ssh_key)], check=True, timeout=30
    )
    folder.bmc_password.write_text(CANARY)
    folder.bmc_password.chmod(0o600)
    tar = root.parent / "tree.tar"
    subprocess.run(["tar", "-cf", str(tar), "-T", os.devnull], check=True, timeout=30)
    for arch, name in open_site(root)[0].blueprint.boot.images.items():
        publish(tar, image_store(folder), cast("Arch", arch), name)
    return folder


def found_in(folder: Path, secrets: list[bytes]) -> list[str]:
    """Return the files below a folder that hold a secret, its own files left out."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and "secrets" not in path.parts and any(secret in path.read_bytes() for secret in secrets)
    ]


@pytest.mark.engine
def test_no_artefact_holds_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan, JSON, markdown, ledger, report, records and engine state of a site are grepped for every secret it has."""
    monkeypatch.chdir(tmp_path)
    folder = seeded(tmp_path / "demo")
    screen = io.StringIO()
    stream = Stream(screen)
    commands = (
        "plan demo -o demo.plan --diff -v --json-into plan.jsonl --report markdown=plan.md",
        "plan demo --json",
        "show demo.plan -v",
        "unlock demo -m test",
        "status demo --json",
        "report demo -o report.html",
    )
    for command in commands:
        code = run(command.split(), Screen(stream, stream))
        assert code == 0, screen.getvalue()
    (tmp_path / "screen.txt").write_text(screen.getvalue())
    assert (tmp_path / "demo.plan").exists()
    key = folder.ssh_key.read_bytes().splitlines()[1]
    passphrases = [path.read_bytes().strip() for path in folder.pulumi.rglob("*passphrase*") if path.is_file()]
    own = set(folder.pulumi.rglob("*passphrase*"))
    leaks = [name for name in found_in(tmp_path, [CANARY.encode(), key, *passphrases]) if tmp_path / name not in own]
    assert leaks == []
    assert passphrases
    for path in [*folder.secrets.iterdir(), *own]:
        assert path.suffix == ".pub" or path.stat().st_mode & 0o077 == 0, path
