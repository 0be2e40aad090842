"""kubeadm's files and what a node does with them. Pure."""

from __future__ import annotations

import json
from ipaddress import ip_network
from typing import Any

from gigaworks.inventory.problem import GigaworksError, Problem
from gigaworks.roles.kubernetes.params import Params
from gigaworks.roles.target import Context

API = "kubeadm.k8s.io/v1beta4"
FILE = "/etc/kubernetes/gigaworks-kubeadm.yaml"


def first(context: Context) -> str:
    """Return the name of the control plane that begins.

    Raises:
        GigaworksError: no profile of a node says ``part: control-plane``.
    """
    planes = context.site.control_planes
    if not planes:
        problem = Problem("no node is a control plane", fix="give one profile `kubernetes: {part: control-plane}`")
        raise GigaworksError(problem)
    return planes[0].names[0]


def documents(params: Params, context: Context, token: str) -> str:
    """Return kubeadm's configuration: JSON documents, which are YAML; several have a line between them."""
    node = {"name": context.name, "kubeletExtraArgs": [{"name": "node-ip", "value": context.address}]}
    if context.name == first(context):
        made = [_init(context, node, token), _cluster(params, context)]
    else:
        made = [_join(params, context, node, token)]
    made.append(
        {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "cgroupDriver": "systemd"}
    )
    return "---\n".join(json.dumps(document, indent=1, sort_keys=True) + "\n" for document in made)


def _init(context: Context, node: dict[str, Any], token: str) -> dict[str, Any]:
    return {
        "apiVersion": API,
        "kind": "InitConfiguration",
        "bootstrapTokens": [{"token": token, "ttl": "24h0m0s"}],
        "localAPIEndpoint": {"advertiseAddress": context.address},
        "nodeRegistration": node,
    }


def _cluster(params: Params, context: Context) -> dict[str, Any]:
    clash = [n.prefix for n in context.site.networks if _overlap(n.prefix, params.pods)]
    if clash:
        problem = Problem("pods and nodes would have the same addresses", f"{params.pods} overlaps {', '.join(clash)}")
        raise GigaworksError(problem)
    found: dict[str, Any] = {
        "apiVersion": API,
        "kind": "ClusterConfiguration",
        "clusterName": context.site.name,
        "controlPlaneEndpoint": f"{_endpoint(context)}:6443",
        "kubernetesVersion": f"v{params.version}",
        "networking": {"podSubnet": params.pods, "dnsDomain": "cluster.local"},
    }
    return {**found, "imageRepository": params.image_registry} if params.image_registry else found


def _join(params: Params, context: Context, node: dict[str, Any], token: str) -> dict[str, Any]:
    if params.ca_hash is None:
        problem = Problem(
            "a joining node could not tell its control plane from another",
            f"{context.name}: role kubernetes has no ca_hash",
            "print it on the first control plane: kubeadm token create --print-join-command",
        )
        raise GigaworksError(problem)
    found: dict[str, Any] = {
        "apiVersion": API,
        "kind": "JoinConfiguration",
        "discovery": {
            "bootstrapToken": {
                "token": token,
                "apiServerEndpoint": f"{_endpoint(context)}:6443",
                "caCertHashes": [params.ca_hash],
            }
        },
        "nodeRegistration": node,
    }
    if params.part == "control-plane":
        found["controlPlane"] = {"localAPIEndpoint": {"advertiseAddress": context.address}}
    return found


def _endpoint(context: Context) -> str:
    return context.site.control_planes[0].address


def _overlap(a: str, b: str) -> bool:
    one, other = ip_network(a, strict=False), ip_network(b, strict=False)
    return one.version == other.version and one.overlaps(other)
