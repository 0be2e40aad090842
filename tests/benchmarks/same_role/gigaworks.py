"""The same 21 operations, as Gigaworks runs them: ``python -m … ORDER MODE…`` prints what each run came to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec

from gigaworks.inventory.blueprint import RoleCall
from gigaworks.roles import runner
from gigaworks.roles.target import Context, HostEntry, Mode, Target

HERE = Path(__file__).parent


def main() -> None:
    """Run the modes one after the other and print a line of JSON for each."""
    order = json.loads(Path(sys.argv[1]).read_text())
    table = [HostEntry(address=host["address"], names=[host["node_name"]]) for host in order["hosts"]]
    site = msgspec.structs.replace(runner.NOWHERE, hosts=table)
    targets = [
        Target(
            name=host["node_name"], address=host["address"], arch="x86_64",
            key_file=order["key_file"], known_hosts=order["known_hosts"], roles_folder=str(HERE / "site"),
            roles=[RoleCall(role="same")],
            context=Context(
                name=host["node_name"], address=host["address"], arch="x86_64", nics=[], routes=[], accelerators=None,
                bricks=[], mounts=[], peer=None, site=site,
            ),
        )
        for host in order["hosts"]
    ]  # fmt: skip
    modes: list[Mode] = sys.argv[2:]  # type: ignore[assignment]
    for mode in modes:
        results = runner.run(targets, mode)
        sys.stdout.write(
            json.dumps(
                {
                    "ok": sum(result.ok for result in results.values()),
                    "changed": sum(sum(op.change for op in result.operations) for result in results.values()),
                    "executions": [result.remote_executions for result in results.values()],
                    "seconds": {name: result.seconds for name, result in results.items()},
                    "errors": {
                        name: f"{result.error.id}: {result.error.detail}"
                        for name, result in results.items()
                        if result.error
                    },
                }
            )
            + "\n"
        )


if __name__ == "__main__":
    main()
