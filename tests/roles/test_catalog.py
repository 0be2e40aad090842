"""Which roles there are, and what check says about their use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gigaworks.inventory.blueprint import Blueprint, Profile, RoleCall
from gigaworks.inventory.declare import declare
from gigaworks.inventory.problem import Place
from gigaworks.inventory.templates import copy_template
from gigaworks.roles import catalog, context


@pytest.fixture(scope="module")
def lab_site(tmp_path_factory: pytest.TempPathFactory) -> Blueprint:
    """Return the blueprint of the template lab."""
    root = tmp_path_factory.mktemp("site") / "demo"
    copy_template("lab", root, {"name": "demo"})
    return declare(root).blueprint


def with_roles(blueprint: Blueprint, *calls: RoleCall) -> Blueprint:
    """Return the blueprint with one profile that calls these roles."""
    return msgspec.structs.replace(blueprint, profiles={"p": Profile(name="p", roles=list(calls))})


def test_the_template_uses_roles_as_they_are(lab_site: Blueprint) -> None:
    """Nothing in the template lab is refused."""
    assert catalog.validate(lab_site) == []


@pytest.mark.parametrize("name", catalog.names())
def test_every_role_is_whole(name: str) -> None:
    """A role says what it sets and what proves it, names its architectures and describes every parameter."""
    role = catalog.role(name)
    assert "Proof:" in (role.module.__doc__ or "")
    assert set(role.architectures) <= {"x86_64", "aarch64", "riscv64"}
    assert role.params.model_config["extra"] == "forbid"
    assert [key for key, field in role.params.model_fields.items() if not field.description] == []
    assert callable(role.checks)


def test_checks_and_params_load_without_pyinfra() -> None:
    """`gigaworks check` imports neither gevent nor pyinfra, and so does the process that runs the workers."""
    code = (
        "import sys\nfrom gigaworks.roles import catalog, runner, context\n"
        "for name in catalog.names():\n    catalog.role(name).params, catalog.role(name).checks\n"
        "print([m for m in ('gevent', 'pyinfra', 'paramiko') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True).stdout
    assert out.strip() == "[]"


def test_an_unknown_role_gets_its_place_and_the_nearest_name(lab_site: Blueprint) -> None:
    """A misspelt role is found with file and line, and the one that was meant."""
    (problem,) = catalog.validate(with_roles(lab_site, RoleCall(role="kernal", where="profiles.yaml:9")))
    assert problem.where == Place(file="profiles.yaml", line=9)
    assert "'kernal'" in problem.detail
    assert problem.fix == "Did you mean 'kernel'?"


@pytest.mark.parametrize(
    ("role", "params", "said", "fix"),
    [
        ("kernel", {"sysctls": {}}, "role kernel, sysctls: unknown", "Did you mean 'sysctl'?"),
        ("base", {"ssh": "no"}, "role base, ssh: ", "settings of sshd_config(5)"),
        ("acceptance", {"min_cpu_events_s": -1}, "greater than 0, got -1", "events/s"),
        ("time", {"local_stratum": 16}, "less than or equal to 15, got 16", "stratum"),
        ("base", {"users": [{"name": "ada", "uuid": 2000}]}, "users.0.uuid: unknown", "Did you mean 'uid'?"),
    ],
)
def test_a_wrong_parameter_gets_its_place(
    lab_site: Blueprint, role: str, params: dict[str, Any], said: str, fix: str
) -> None:
    """What a role does not take is found with the line of the parameter, what is wrong and what it takes."""
    call = RoleCall(
        role=role, params=params, where="profiles.yaml:5", origins={next(iter(params)): "profiles.yaml:7:11"}
    )
    (problem,) = catalog.validate(with_roles(lab_site, call))
    assert problem.where == Place(file="profiles.yaml", line=7, column=11)
    assert said in problem.detail
    assert fix in problem.fix


def test_all_findings_at_once(lab_site: Blueprint) -> None:
    """One run finds every mistake."""
    calls = (RoleCall(role="tiem"), RoleCall(role="kernel", params={"a": 1, "sysctl": 2}))
    assert len(catalog.validate(with_roles(lab_site, *calls))) == 3


def test_a_site_brings_its_own_role(lab_site: Blueprint, tmp_path: Path) -> None:
    """A role in the site's roles/ folder is loaded like ours, and a broken one is named with its error."""
    mine = tmp_path / "roles" / "motd"
    mine.mkdir(parents=True)
    (mine / "__init__.py").write_text('"""Proof: cat."""\nARCHITECTURES = ("x86_64",)\n')
    (mine / "params.py").write_text(
        "from pydantic import BaseModel, ConfigDict\n\n\nclass Params(BaseModel):\n"
        '    model_config = ConfigDict(extra="forbid")\n    text: str\n'
    )
    folder = tmp_path / "roles"
    assert "motd" in catalog.names(folder)
    good, bad = RoleCall(role="motd", params={"text": "hello"}), RoleCall(role="motd")
    assert catalog.validate(with_roles(lab_site, good), folder) == []
    assert "text" in catalog.validate(with_roles(lab_site, bad), folder)[0].detail
    broken = folder / "broken"
    broken.mkdir()
    (broken / "__init__.py").write_text("")
    (broken / "params.py").write_text("import nothing_of_that_name")
    (problem,) = catalog.validate(with_roles(lab_site, RoleCall(role="broken")), folder)
    assert "nothing_of_that_name" in problem.detail


def test_targets_follow_from_the_blueprint(lab_site: Blueprint) -> None:
    """Every node gets its host table, routes, time servers, volumes and a peer of an earlier stage; twice the same."""
    site = context.site_context(lab_site)
    assert site.time_servers == ["svc-01-n1"]
    names = [name for entry in site.hosts for name in entry.names]
    assert {"gpu-01-n1", "gpu-01-n1-fabric"} <= set(names)
    assert len(names) == 2 * len(lab_site.nodes)
    gpu = context.context_for(lab_site, lab_site.nodes["gpu-01-n1"], site)
    assert [(r.prefix, [nic for _, nic in r.via]) for r in gpu.routes][-1] == ("10.77.64.0/18", ["rail0", "rail1"])
    assert gpu.peer in {f"{name}-fabric" for name in ("sto-01-n1", "sto-02-n1", "sto-03-n1", "svc-01-n1")}
    assert (gpu.mounts, gpu.bricks) == (["scratch"], [])
    server = context.context_for(lab_site, lab_site.nodes["sto-01-n1"], site)
    assert (server.peer, server.mounts, server.bricks) == ("svc-01-n1-fabric", [], ["/srv/gluster/scratch"])
    assert context.context_for(lab_site, lab_site.nodes["svc-01-n1"], site).peer is None, "nothing is up before it"
    peers = {context.context_for(lab_site, node, site).peer for node in lab_site.nodes.values()}
    assert {"sto-01-n1-fabric", "sto-02-n1-fabric", "sto-03-n1-fabric"} <= peers
    assert context.site_context(lab_site) == site


def test_measuring_is_asked_for(lab_site: Blueprint) -> None:
    """Acceptance is what measures, alone; what configures is the whole profile, in its order."""
    calls = lab_site.profiles["gpu-x86"].roles
    assert [call.role for call in context.measuring(calls)] == ["acceptance"]
    assert context.configuring(calls) == calls


def test_slurm_follows_from_the_blueprint(lab_site: Blueprint) -> None:
    """Controllers, compute nodes and their leaves are known from profiles and cables; without the role, nothing is."""
    assert context.scheduler(lab_site) is None
    calls = {"service": {"part": "controller"}, "gpu-x86": {}}
    profiles = {
        name: msgspec.structs.replace(profile, roles=[*profile.roles, RoleCall(role="slurm", params=calls[name])])
        if name in calls
        else profile
        for name, profile in lab_site.profiles.items()
    }
    found = context.scheduler(msgspec.structs.replace(lab_site, profiles=profiles))
    assert found is not None
    assert (found.controllers, found.health) == (["svc-01-n1"], False)
    gpu = next(node for node in found.nodes if node.name == "gpu-01-n1")
    assert gpu.leaves == ["leaf-1", "leaf-2"]
    assert gpu.accelerators is not None
    assert {node.profile for node in found.nodes} == {"gpu-x86"}
