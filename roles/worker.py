# ruff: noqa: E402 - the patch goes before every other import
"""The worker process: the only place where gevent and pyinfra run; JSON lines in, JSON lines out.

In: one Order; the end of stdin means that the parent is gone, and the worker ends with it. Out: Said, a line each.
One State per life, one greenlet per host, no host waits for another.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()  # before anything else is imported: later it looks fine and no time limit works

import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import gevent
import msgspec
from gevent.fileobject import FileObject
from gevent.lock import BoundedSemaphore
from gevent.pool import Pool

from gigaworks.roles.target import Mode, Target
from gigaworks.roles.wire import Order, Said

AT_ONCE = 60  # hosts a worker holds at the same time


def main() -> None:
    """Work on the order that comes in on stdin."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides: it terminates us
    stdin, stdout = FileObject(sys.stdin.buffer, "rb"), FileObject(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints does not end up among our lines
    logging.getLogger("pyinfra").addHandler(logging.NullHandler())
    logging.getLogger("pyinfra").propagate = False
    logging.getLogger("paramiko").addHandler(logging.NullHandler())
    logging.getLogger("paramiko").propagate = False
    one_at_a_time = BoundedSemaphore()
    encoder = msgspec.json.Encoder()

    def say(said: Said) -> None:
        line = encoder.encode(said) + b"\n"
        with one_at_a_time:  # a long line is written in pieces, and others would get in between
            stdout.write(line)
            stdout.flush()

    order = msgspec.json.decode(stdin.readline(), type=Order)
    gevent.spawn(_end_with_parent, stdin)
    gevent.spawn(_alive, say)
    targets = [
        msgspec.structs.replace(t, context=msgspec.structs.replace(t.context, site=order.sites[number]))
        for t, number in zip(order.targets, order.site_of, strict=True)
    ]
    run(targets, order.mode, order.learned, order.host_seconds, say)
    os._exit(0)  # nothing of ours is left; libraries' threads have no say


def run(
    targets: list[Target],
    mode: Mode,
    learned: dict[str, dict[str, str]],
    host_seconds: float,
    say: Callable[[Said], None],
) -> None:
    """Work on all targets at once and say each result as it comes."""
    from gigaworks.roles import pending, quicker, session
    from gigaworks.roles.learning import Learning

    quicker.quicken()
    pending.take_over()
    state = session.make_state(targets, mode)
    learning = Learning(learned)
    pool = Pool(AT_ONCE)
    for host in state.inventory:
        pool.spawn(session.work, state, host, mode, learning, host_seconds, say)
    pool.join()


def _end_with_parent(stdin: Any) -> None:
    while stdin.read(4096):
        pass
    os._exit(1)


def _alive(say: Callable[[Said], None]) -> None:
    while True:
        gevent.sleep(5)
        say(Said())


if __name__ == "__main__":
    main()
