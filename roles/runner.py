"""Runs roles on nodes: shards them over worker processes and collects results. Imports neither pyinfra nor gevent."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import msgspec

from gigaworks.inventory.problem import Problem
from gigaworks.roles import learned
from gigaworks.roles.target import HostResult, Mode, Progress, SiteContext, Target
from gigaworks.roles.wire import Order, Said

HOST_SECONDS = 900.0  # on one node, all roles together
FEW = 4  # hosts for which a second worker is not worth its start, 1.4 s of CPU
SILENCE_SECONDS = 60.0  # a worker says every 5 s that it is alive
NOWHERE = SiteContext(domain="", lab=False, hosts=[], time_servers=[], volumes=[])


def run(
    targets: list[Target],
    mode: Mode,
    emit: Callable[[Progress], None] = lambda _: None,
    *,
    host_seconds: float = HOST_SECONDS,
    overall_seconds: float | None = None,
    stop: threading.Event | None = None,
) -> dict[str, HostResult]:
    """Plan, apply or check the roles of every target; return a result for each, by name, in the order given.

    ``plan`` changes nothing, says what would change and reads every setting back; ``apply`` changes and then reads
    back; ``check`` only reads back. Roles that measure do so in ``check`` only.
    ``emit`` is called from the calling thread. ``stop`` ends the run early, and so does an exception (Ctrl-C): the
    workers are ended first. A worker that dies or falls silent fails only its own nodes.
    """
    known = learned.load(key for target in targets for key in _keys(target))
    results: dict[str, HostResult] = {}
    asked: dict[str, learned.Facts] = {}
    deadline = time.monotonic() + overall_seconds if overall_seconds else None
    with _workers(targets, mode, known, host_seconds) as workers:
        lines: queue.Queue[tuple[_Worker, bytes]] = queue.Queue()
        for worker in workers:
            threading.Thread(target=_read, args=(worker, lines), daemon=True).start()
        while any(worker.open for worker in workers):
            try:
                worker, line = lines.get(timeout=0.5)
            except queue.Empty:
                pass
            else:
                _take(worker, line, results, asked, emit)
            now = time.monotonic()
            late = (stop is not None and stop.is_set()) or (deadline is not None and now > deadline)
            for worker in workers:
                if worker.open and (late or now - worker.heard > SILENCE_SECONDS):
                    worker.fate = "the run was ended" if late else f"nothing heard for {SILENCE_SECONDS:g} s"
                    worker.process.kill()
        for worker in workers:
            for target in worker.targets:
                if target.name not in results:
                    results[target.name] = _lost(target, worker)
    learned.save(known, asked)
    return {target.name: results[target.name] for target in targets}


class _Worker:
    def __init__(self, process: subprocess.Popen[bytes], targets: list[Target], errors: IO[bytes]) -> None:
        self.process, self.targets, self.errors = process, targets, errors
        self.heard = time.monotonic()
        self.open = True
        self.fate = ""


@contextmanager
def _workers(
    targets: list[Target], mode: Mode, known: dict[str, learned.Facts], host_seconds: float
) -> Iterator[list[_Worker]]:
    count = min(os.cpu_count() or 1, -(-len(targets) // FEW))
    workers: list[_Worker] = []
    try:
        for number in range(count):
            shard = targets[number::count]
            errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, when the worker is gone
            process = subprocess.Popen(
                [sys.executable, "-m", "gigaworks.roles.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd="/",  # `-m` puts the working folder on the path: a site's roles/ is not our roles/
            )
            workers.append(_Worker(process, shard, errors))
            _give(process, _order(shard, mode, known, host_seconds))
        yield workers
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.wait()
            for pipe in (worker.process.stdin, worker.process.stdout, worker.errors):
                if pipe:
                    pipe.close()


def _give(process: subprocess.Popen[bytes], order: Order) -> None:
    stdin: IO[bytes] | None = process.stdin
    assert stdin is not None  # noqa: S101 - for the type checker: it is a pipe
    try:
        stdin.write(msgspec.json.encode(order) + b"\n")
        stdin.flush()  # and left open: its end tells the worker that we are gone
    except BrokenPipeError:
        return  # it died at its start: that is found when it is read


def _order(shard: list[Target], mode: Mode, known: dict[str, learned.Facts], host_seconds: float) -> Order:
    sites: list[SiteContext] = []
    numbers: dict[int, int] = {}
    for target in shard:
        if id(target.context.site) not in numbers:
            numbers[id(target.context.site)] = len(sites)
            sites.append(target.context.site)
    keys = {key for target in shard for key in _keys(target)}
    return Order(
        mode=mode,
        host_seconds=host_seconds,
        targets=[msgspec.structs.replace(t, context=msgspec.structs.replace(t.context, site=NOWHERE)) for t in shard],
        sites=sites,
        site_of=[numbers[id(target.context.site)] for target in shard],
        learned={key: facts for key, facts in known.items() if key in keys},
    )


def _keys(target: Target) -> list[str]:
    return [learned.role_key(call, target.arch) for call in target.roles]


def _read(worker: _Worker, lines: queue.Queue[tuple[_Worker, bytes]]) -> None:
    stdout: IO[bytes] | None = worker.process.stdout
    assert stdout is not None  # noqa: S101 - for the type checker: it is a pipe
    for line in stdout:
        lines.put((worker, line))
    lines.put((worker, b""))


def _take(
    worker: _Worker,
    line: bytes,
    results: dict[str, HostResult],
    asked: dict[str, learned.Facts],
    emit: Callable[[Progress], None],
) -> None:
    worker.heard = time.monotonic()
    if not line:
        worker.open = False
        return
    said = msgspec.json.decode(line, type=Said)
    if said.progress is not None:
        emit(said.progress)
    if said.result is not None:
        results[said.result.name] = said.result
    for key, facts in said.asked.items():
        asked.setdefault(key, {}).update(facts)


def _lost(target: Target, worker: _Worker) -> HostResult:
    code = worker.process.wait()
    worker.errors.seek(0)
    said = worker.errors.read().decode(errors="replace").strip().rpartition("\n")[2]
    problem = Problem(
        summary="the worker process ended before the node was done",
        detail=worker.fate or f"exit status {code}" + (f": {said}" if said else ""),
        fix="Apply again: what is done is not done twice.",
        subject=target.name,
        id="WORKER-LOST",
    )
    return HostResult(name=target.name, ok=False, error=problem)
