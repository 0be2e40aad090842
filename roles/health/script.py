"""The health script of a node. Pure."""

from __future__ import annotations

from gigaworks.roles import gpu, service_text
from gigaworks.roles.health.params import Params
from gigaworks.roles.target import Context
from gigaworks.roles.templates import render

PATH = "/usr/local/sbin/gigaworks-health"
COUNTS = {
    "nvidia": "timeout 60 nvidia-smi -L 2>/dev/null | grep -c ^GPU",
    "amd": "ls -d /sys/class/kfd/kfd/topology/nodes/*/mem_banks/0 2>/dev/null | "
    'while read -r m; do [ "$(cat "${m%/mem_banks/0}/gpu_id")" = 0 ] || echo; done | wc -l',
}


def script(params: Params, context: Context) -> str:
    """Return it; what the lab only simulates is not asked for."""
    declared = context.accelerators if params.accelerators else None
    seen = declared is not None and not context.site.lab and declared.vendor in COUNTS
    memory = context.sku.memory_gib if context.sku and not context.site.lab else None
    return render(
        __file__,
        "health.sh.j2",
        file_systems=params.file_systems,
        max_full=params.max_full_percent,
        memory_kib=int(memory * 1024 * 1024 * params.min_memory_percent / 100) if memory else 0,
        services=[{"name": name, "text": service_text.state(name)} for name in params.services],
        gpus={"text": COUNTS[declared.vendor], "count": declared.count} if declared and seen else None,
        rdma_ports=params.rdma_ports,
        xids=sorted(params.fatal_xids) if not gpu.why_not("nvidia", context) else [],
    )
