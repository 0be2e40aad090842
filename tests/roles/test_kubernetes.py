"""What kubeadm is told."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from gigaworks.inventory.problem import GigaworksError
from gigaworks.roles.kubernetes import files
from gigaworks.roles.kubernetes.params import Params
from tests.roles.test_cases import node


def documents(name: str, **params: Any) -> list[dict[str, Any]]:
    """Return kubeadm's documents for a node."""
    given = Params.model_validate({"version": "1.34.1", "token": "env:TOKEN", **params})
    return [json.loads(part) for part in files.documents(given, node(name), "abcdef.0123456789abcdef").split("---\n")]


def test_the_first_control_plane_begins() -> None:
    """It has the cluster's version, name, end point and prefix of pods."""
    init, cluster, _ = documents("svc", part="control-plane", image_registry="registry.demo.internal/k8s")
    assert init["localAPIEndpoint"] == {"advertiseAddress": "10.77.1.9"}
    assert cluster["controlPlaneEndpoint"] == "10.77.1.9:6443"
    assert (cluster["kubernetesVersion"], cluster["clusterName"]) == ("v1.34.1", "demo")
    assert cluster["imageRepository"] == "registry.demo.internal/k8s"


def test_a_worker_joins_and_knows_whom() -> None:
    """A worker has the token and the digest of the CA key; without the digest it is refused."""
    join, _ = documents("dgx-h100", ca_hash="sha256:" + "0" * 64)
    assert join["discovery"]["bootstrapToken"]["apiServerEndpoint"] == "10.77.1.9:6443"
    assert "controlPlane" not in join
    with pytest.raises(GigaworksError, match="ca_hash"):
        documents("dgx-h100")


def test_pods_have_addresses_of_their_own() -> None:
    """A prefix of pods that overlaps a declared network is refused with both."""
    with pytest.raises(GigaworksError, match=r"10\.77\.0\.0/16 overlaps 10\.77\.32\.0/24"):
        documents("svc", part="control-plane", pods="10.77.0.0/16")


def test_no_control_plane_is_said() -> None:
    """A site without a control plane gets what to write."""
    alone = node("dgx-h100")
    site = msgspec.structs.replace(alone.site, control_planes=[])
    with pytest.raises(GigaworksError) as refused:
        files.first(msgspec.structs.replace(alone, site=site))
    assert "part: control-plane" in refused.value.problems[0].fix
