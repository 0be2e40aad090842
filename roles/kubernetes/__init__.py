"""Kubernetes by kubeadm: a control plane, its workers, and operators from charts of the site's own registry.

A node's part is ``control-plane`` or ``worker``. Sets packages held at one version, kernel modules and sysctl, the
configuration of kubeadm (judged by ``kubeadm config validate``), init on the first control plane and join elsewhere
with a token that is a reference to a secret; operators (GPU, network) through helm on the first control plane. Needs
role containers before it.
Proof: kubelet runs, the own node is Ready, every declared operator is deployed.
Not exercised on real hardware: decisions and files are tested from declared sites.
"""

ARCHITECTURES = ("x86_64", "aarch64")
EXAMPLE = {"version": "1.34.1", "token": "file:.gigaworks/secrets/kubeadm-token", "ca_hash": "sha256:" + "0" * 64}
