"""Every file that a role renders is right in the eyes of the program that reads it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.roles import catalogue_trees
from tests.roles.planned import Step
from tests.roles.test_cases import CASES, planned

pytestmark = [pytest.mark.lab, pytest.mark.skipif(os.geteuid() != 0, reason="trees need root")]
ELSEWHERE = {"kubeadm config validate --config {}": "Debian has no kubeadm"}


SCRIPT = """
mount -t tmpfs tmpfs "$HERE"
mkdir "$HERE/up" "$HERE/work" "$HERE/root"
mount -t overlay overlay -o "lowerdir=$TREE,upperdir=$HERE/up,workdir=$HERE/work" "$HERE/root"
cd "$HERE/root"
mount --rbind /dev dev
mount -t proc proc proc
ssh-keygen -q -t ed25519 -N '' -f etc/ssh/ssh_host_ed25519_key
mkdir -p etc/gigaworks
cat >etc/gigaworks/file
exec chroot . sh -c "$JUDGE"
"""


# the trees have no systemd: this computer's judges units, with a script in the place that the unit names
UNIT = """
mount -t tmpfs tmpfs /usr/local/sbin
printf '#!/bin/sh\\n' >"/usr/local/sbin/$NAME"
chmod 755 "/usr/local/sbin/$NAME"
cat >"$HERE/file"
exec sh -c "$JUDGE"
"""


def judged(step: Step, folder: Path) -> subprocess.CompletedProcess[str]:
    """Let the judge of a step judge its file, in a tree that has the program."""
    unit = step.judge.startswith("systemd-analyze")
    values = {
        "HERE": str(folder),
        "NAME": Path(step.path).stem,
        "TREE": str(catalogue_trees.root("x86_64")),
        "JUDGE": step.judge.replace("{}", f"{folder}/file" if unit else "/etc/gigaworks/file"),
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    }
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-ec", UNIT if unit else SCRIPT]
    return subprocess.run(
        command, input=step.content, text=True, capture_output=True, timeout=60, check=False, env=values
    )


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_its_own_program_accepts_it(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each judged file of a case is accepted, and the same file with nonsense in it is not."""
    monkeypatch.setenv("CANARY", "abcdef.0123456789abcdef")
    monkeypatch.setenv("CANARY_KEY", "k" * 64)
    steps = [s for s in planned(json.loads(file.read_text())).steps if s.judge and s.judge not in ELSEWHERE]
    if not steps:
        pytest.skip("it renders no file that has a judge here")
    if not shutil.which("systemd-analyze"):
        steps = [step for step in steps if not step.judge.startswith("systemd-analyze")]
    for number, step in enumerate(steps):
        folder = tmp_path / str(number)
        folder.mkdir()
        good = judged(step, folder)
        assert good.returncode == 0, (step.path, good.stderr)
        nonsense = Step(step.name, [], step.path, f"{step.content}\nif nonsense = (\n", step.judge)
        assert judged(nonsense, folder).returncode != 0, f"{step.judge} accepts nonsense in {step.path}"
