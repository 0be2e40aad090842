"""The provider as the engine meets it: a process that is spoken to over gRPC."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

from gigaworks.inventory.folder import SiteFolder
from gigaworks.stacks.programs import slices
from tests.stacks.sites import plant_of, site

PROVIDER = Path(sysconfig.get_path("scripts")) / "pulumi-resource-gigaworks"
RACK = "urn:pulumi:hall-h1::small::gigaworks:stacks:HallStack$gigaworks:hall:Rack::r01"


def _start(root: Path) -> tuple[subprocess.Popen[str], int]:
    environment = {**os.environ, "GIGAWORKS_SITE": str(root)}
    process = subprocess.Popen([PROVIDER], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Any]:
    """Return a stub for a provider of its own, on an empty site folder."""
    process, port = _start(tmp_path)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    process.send_signal(signal.SIGINT)  # as the engine does it
    assert process.wait(5) == 0


def _struct(values: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def test_a_preview_touches_nothing(provider: Any, tmp_path: Path) -> None:
    """Create and Update in a preview answer with the inputs and leave no trace, not even a database."""
    inputs = _struct({"hall": "h1", "nodes": {}})
    made = provider.Create(pb.CreateRequest(urn=RACK, properties=inputs, preview=True))
    assert made.properties == inputs
    assert provider.Update(pb.UpdateRequest(urn=RACK, id="h1/r01", news=inputs, preview=True)).properties == inputs
    assert not SiteFolder(tmp_path).plant.exists()


def test_create_adopts_update_repeats_and_delete_of_what_is_gone_succeeds(provider: Any, tmp_path: Path) -> None:
    """Every call can be made twice: all crash recovery rests on that."""
    one, two = _struct({"hall": "h1", "nodes": {}}), _struct({"hall": "h1", "nodes": {"n1": {}}})
    for _ in range(2):
        assert provider.Create(pb.CreateRequest(urn=RACK, properties=one)).id == "h1/r01"
    for _ in range(2):
        provider.Update(pb.UpdateRequest(urn=RACK, id="h1/r01", olds=one, old_inputs=one, news=two))
    found = plant_of(SiteFolder(tmp_path)).get("rack", "h1/r01")
    assert found is not None
    assert (found.stack, found.spec) == ("hall-h1", {"hall": "h1", "nodes": {"n1": {}}})
    assert provider.Read(pb.ReadRequest(urn=RACK, id="h1/r01", inputs=one, properties=one)).inputs == two
    for _ in range(2):
        provider.Delete(pb.DeleteRequest(urn=RACK, id="h1/r01", properties=two))
    assert provider.Read(pb.ReadRequest(urn=RACK, id="h1/r01", inputs=two, properties=two)).id == ""


def test_no_type_has_a_property_that_replaces(provider: Any) -> None:
    """Whatever property of whatever type changes, comes or goes, the answer is an update, never a replacement."""
    for stack in slices(site(), {"bmc-password": "ab", "boot/nodes.json": "cd"}).values():
        for each in stack.resources:
            urn = f"urn:pulumi:{stack.name}::small::{each.type}::{each.name}"
            before = _struct(each.properties)
            for name in each.properties:
                without = {key: value for key, value in each.properties.items() if key != name}
                for after in ({**without, name: "other"}, without):
                    answer = provider.Diff(pb.DiffRequest(urn=urn, old_inputs=before, news=_struct(after)))
                    assert answer.changes == pb.DiffResponse.DIFF_SOME
                    assert list(answer.diffs) == [name]
                    assert not answer.replaces
                    assert not answer.deleteBeforeReplace
                    kinds = {detail.kind for detail in answer.detailedDiff.values()}
                    assert kinds <= {pb.PropertyDiff.ADD, pb.PropertyDiff.DELETE, pb.PropertyDiff.UPDATE}


def test_a_property_that_a_type_needs_is_missed_before_anything_happens(provider: Any) -> None:
    """Check names what is not there, and a type that nobody knows."""
    urn = "urn:pulumi:network::small::gigaworks:network:Switch::leaf-1"
    answer = provider.Check(pb.CheckRequest(urn=urn, news=_struct({"config": "x", "ports": {}})))
    assert [each.property for each in answer.failures] == ["management"]
    unknown = provider.Check(pb.CheckRequest(urn="urn:pulumi:a::b::gigaworks:hall:Chair::c", news=_struct({})))
    assert "no type" in unknown.failures[0].reason


def test_what_cannot_be_looked_at_says_so_and_keeps_its_inputs(provider: Any) -> None:
    """A device that does not answer is neither gone nor as declared: drift reports why, and nothing else."""
    urn = "urn:pulumi:hall-h1::small::gigaworks:hall:NodeSettings::n1"
    inputs = _struct({"controller": {"name": "b", "address": "127.0.0.9", "user": "u"}, "boot": "disk"})
    seen = provider.Read(pb.ReadRequest(urn=urn, id="n1", inputs=inputs, properties=inputs)).inputs
    assert "BMC password is missing" in seen["unreadable"]
    assert seen["boot"] == "disk"
    with pytest.raises(grpc.RpcError) as refused:
        provider.Create(pb.CreateRequest(urn=urn, properties=inputs))
    assert refused.value.code() == grpc.StatusCode.FAILED_PRECONDITION


def test_it_ends_when_the_engine_vanishes(tmp_path: Path) -> None:
    """After SIGKILL of the engine nothing goes on changing things: the provider ends by itself within a second."""
    code = "import subprocess, sys, time; p = subprocess.Popen([sys.argv[1]]); print(p.pid, flush=True); time.sleep(60)"
    engine = subprocess.Popen(
        [sys.executable, "-c", code, str(PROVIDER)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "GIGAWORKS_SITE": str(tmp_path)},
    )
    assert engine.stdout is not None
    pid, _port = int(engine.stdout.readline()), engine.stdout.readline()
    engine.kill()
    engine.wait(5)
    deadline = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
