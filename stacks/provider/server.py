"""The provider's process: the engine starts it, reads its port from the first line, and is outlived by nothing."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import signal
import sys
import types
from concurrent.futures import ThreadPoolExecutor

AT_ONCE = 64  # blocking calls side by side; each waits for a device
FINISH_S = 120.0  # for the calls in flight when we are asked to end
LOOK_S = 0.2  # how often it is looked whether the engine still lives
_QUEUE = 200_000  # calls that may wait: the engine sends thousands in a burst, and none may be shed


def main() -> None:
    """Serve until the engine ends."""
    _load_protocol_only()
    asyncio.run(_serve(os.getppid()))


def _load_protocol_only() -> None:
    """Keep the SDK's own start-up out of this process: only its generated messages are needed here (0.35 s)."""
    for name in ("pulumi", "pulumi.runtime"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.submodule_search_locations is None:
            continue
        package = types.ModuleType(name)
        package.__path__ = list(spec.submodule_search_locations)
        package.__spec__ = spec
        sys.modules[name] = package


async def _serve(parent: int) -> None:
    import grpc
    from pulumi.runtime.proto import provider_pb2_grpc

    from gigaworks.stacks.provider.handler import Context
    from gigaworks.stacks.provider.servicer import Servicer
    from gigaworks.stacks.provider.types import HANDLERS

    context = Context()
    logging.basicConfig(
        filename=_log_file(context.folder.pulumi), level=logging.WARNING, format="%(asctime)s %(message)s"
    )
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(AT_ONCE))
    server = grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length", -1),
            ("grpc.max_send_message_length", -1),
            ("grpc.server.max_pending_requests", _QUEUE),
            ("grpc.server.max_pending_requests_hard_limit", _QUEUE),
        ]
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(context, HANDLERS), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # the engine ends its plugins with SIGINT and waits 5 s
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    while not stop.is_set():
        if os.getppid() != parent:
            os._exit(1)  # the engine was killed: whatever is in flight must not go on without it
        try:
            await asyncio.wait_for(stop.wait(), LOOK_S)
        except TimeoutError:
            continue
    await server.stop(FINISH_S)


def _log_file(folder: os.PathLike[str]) -> str:
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    return os.path.join(folder, "provider.log")  # noqa: PTH118


if __name__ == "__main__":
    main()
