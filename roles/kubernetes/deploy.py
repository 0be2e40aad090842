"""Operations of role kubernetes."""

from __future__ import annotations

import json
import shlex

from pyinfra.operations import apt

from gigaworks.roles.kubernetes import files
from gigaworks.roles.kubernetes.params import Operator, Params
from gigaworks.roles.operations.probed import probed
from gigaworks.roles.operations.rendered import rendered_file, secret_file
from gigaworks.roles.operations.service import service
from gigaworks.roles.secret import Secret, resolve
from gigaworks.roles.target import Context

NOTICE = "# Written by Gigaworks, role kubernetes: change the site, not this file.\n"
MODULES = ("br_netfilter", "overlay")
SYSCTL = {"net.bridge.bridge-nf-call-iptables": 1, "net.ipv4.ip_forward": 1}


def deploy(params: Params, context: Context) -> None:
    """Begin or join a cluster."""
    begins = context.name == files.first(context)
    _kernel()
    rendered_file(
        name="Kubernetes version is pinned",
        path="/etc/apt/preferences.d/gigaworks-kubernetes",
        content=f"{NOTICE}Package: kubeadm kubelet kubectl\nPin: version {params.version}-*\nPin-Priority: 1001\n",
    )
    packages = ["kubeadm", "kubelet", "kubectl", *(["helm"] if begins and params.operators else [])]
    apt.packages(name="Kubernetes is there", packages=packages, no_recommends=True)
    token = resolve(params.token, context.site.folder).decode().strip()
    secret_file(
        name="kubeadm's configuration",
        path=files.FILE,
        secret=Secret(files.documents(params, context, token).encode()),
        judge="kubeadm config validate --config {}",
    )
    probed(
        name="The cluster begins here" if begins else "The node is in the cluster",
        probe="[ -f /etc/kubernetes/kubelet.conf ] && echo in",
        expected="in",
        command=f"kubeadm {'init --upload-certs' if begins else 'join'} --config {files.FILE}",
    )
    service(name="kubelet runs", service="kubelet")
    for operator in params.operators if begins else []:
        _operator(operator)


def _kernel() -> None:
    rendered_file(
        name="Modules for pods at start",
        path="/etc/modules-load.d/gigaworks-kubernetes.conf",
        content=NOTICE + "".join(f"{module}\n" for module in MODULES),
    )
    rendered_file(
        name="Sysctl for pods at start",
        path="/etc/sysctl.d/91-gigaworks-kubernetes.conf",
        content=NOTICE + "".join(f"{name} = {value}\n" for name, value in sorted(SYSCTL.items())),
    )
    probed(
        name="Modules and sysctl for pods now",
        probe=f"sysctl -n {' '.join(sorted(SYSCTL))} 2>/dev/null",
        expected="\n".join(str(SYSCTL[name]) for name in sorted(SYSCTL)),
        command=f"modprobe -a {' '.join(MODULES)} && "
        f"sysctl -q {' '.join(f'{name}={value}' for name, value in sorted(SYSCTL.items()))}",
    )


def _operator(operator: Operator) -> None:
    values = f"/etc/kubernetes/gigaworks-{operator.name}.yaml"
    installed = f"/etc/kubernetes/.gigaworks-{operator.name}.sha256"  # of the values that it was installed with
    rendered_file(
        name=f"Values of {operator.name}",
        path=values,
        content=NOTICE + json.dumps(operator.values, indent=1, sort_keys=True) + "\n",
    )
    helm = "KUBECONFIG=/etc/kubernetes/admin.conf helm"
    where = f"--namespace {operator.namespace}"
    probed(
        name=f"Operator {operator.name}",
        probe=f"{helm} list {where} --deployed --output json 2>/dev/null | "
        f"""grep -o '"name":"{operator.name}".*"chart":"[^"]*"' | grep -o -- '-{operator.version}"' | tr -d '"'\n"""
        f'[ "$(sha256sum <{values})" = "$(cat {installed} 2>/dev/null)" ] && echo with its values',
        expected=f"-{operator.version}\nwith its values",
        command=f"{helm} upgrade --install {operator.name} {shlex.quote(operator.chart)} {where} --create-namespace "
        f"--version {operator.version} --values {values} --wait && sha256sum <{values} >{installed}",
    )
