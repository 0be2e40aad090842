"""Facts about many paths by one program say what each says by itself; on this computer's own tools."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from gigaworks.roles.check import Output
from gigaworks.roles.together import together


def sh(text: str) -> Output:
    """Run shell text as the facts of a node are run."""
    done = subprocess.run(["sh", "-c", text], capture_output=True, text=True, timeout=20, check=False)
    return Output(done.returncode, re.sub(r"atime=\d+", "", done.stdout))


def test_the_same_as_each_by_itself(tmp_path: Path) -> None:
    """Files, folders, links, broken links and what is missing: owner, mode and digest are those of the single fact."""
    from pyinfra.facts.files import File, Sha1File

    (tmp_path / "file").write_text("x\n")
    (tmp_path / "file2").write_text("y")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "broken").symlink_to("nowhere")
    (tmp_path / "it's odd").write_text("z")
    names = ["file", "file2", "folder", "link", "broken", "missing", "missing/below", "it's odd"]
    facts = {}
    for name in names:
        facts[f"stat {name}"] = File().command(path=str(tmp_path / name)).get_raw_value()
        facts[f"sum {name}"] = Sha1File().command(path=str(tmp_path / name)).get_raw_value()
    facts["other"] = "echo other"
    groups, others = together(facts)
    assert len(groups) == 2
    assert set(others) == {"other", "stat it's odd", "sum it's odd"}
    found = {key: output for group in groups for key, output in group.outputs(sh(group.text))}
    assert found == {key: sh(text) for key, text in facts.items() if key not in others}
