"""What proves role kubernetes."""

from __future__ import annotations

import json
from collections.abc import Callable

from gigaworks.roles.check import Check, Output, UnreadableError, text
from gigaworks.roles.kubernetes import files
from gigaworks.roles.kubernetes.params import Params
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context

KUBELET = "kubectl --kubeconfig /etc/kubernetes/kubelet.conf"


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    ready = f"{KUBELET} get node {context.name} -o json"
    charts = "helm --kubeconfig /etc/kubernetes/admin.conf list --all-namespaces --output json"
    operators = params.operators if context.name == files.first(context) else []
    return [
        *service_checks("kubelet"),
        Check("ready", "the node is Ready", ready, "True", condition),
        Check("version", "kubelet's version", "kubelet --version", params.version, version),
        *(
            Check(f"operator.{o.name}", f"operator {o.name}", charts, f"deployed {o.version}", release(o.name))
            for o in operators
        ),
    ]


def condition(output: Output) -> str:
    """Read the node's condition Ready: True, False or Unknown."""
    for found in json.loads(text(output))["status"]["conditions"]:
        if found["type"] == "Ready":
            return str(found["status"])
    raise UnreadableError("the node says nothing about being ready")


def version(output: Output) -> str:
    """Read ``Kubernetes v1.34.1``."""
    return text(output).rpartition("v")[2]


def release(name: str) -> Callable[[Output], str]:
    """Return the reader of a release's state and chart version."""

    def read(output: Output) -> str:
        for found in json.loads(text(output)):
            if found["name"] == name:
                return f"{found['status']} {found['chart'].rpartition('-')[2]}"
        return "not installed"

    return read
