"""What a controller is still busy with: a long action answers at once with a task that tells how it goes."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from gigaworks.inventory.lab.redfish.messages import Message, error_body, failure, message
from gigaworks.inventory.lab.redfish.protocol import ROOT, shown
from gigaworks.inventory.lab.redfish.resource import Answer, Body, Resource, Tree, collection, link, status

URI = f"{ROOT}/TaskService"
_KEPT = 20


@dataclass
class Task:
    """One action that takes its time."""

    id: str
    name: str
    started: str
    ended: str | None = None
    state: str = "Running"
    messages: list[Message] = field(default_factory=list)

    @property
    def uri(self) -> str:
        """Where the task is."""
        return f"{URI}/Tasks/{self.id}"

    @property
    def monitor(self) -> str:
        """Where to ask whether it is over."""
        return f"{URI}/TaskMonitors/{self.id}"

    def read(self) -> Body:
        """Return the body of the task."""
        return {
            "Id": self.id,
            "Name": self.name,
            "TaskState": self.state,
            "TaskStatus": "Critical" if self.state == "Exception" else "OK",
            "StartTime": self.started,
            **({"EndTime": self.ended} if self.ended else {}),
            "PercentComplete": 100 if self.ended else 0,
            "TaskMonitor": self.monitor,
            "HidePayload": True,
            "Messages": self.messages,
        }

    def resource(self) -> Resource:
        """Return the task as a resource."""
        return Resource("Task.v1_7_4.Task", self.read)

    def answer(self) -> Answer:
        """Return what the monitor says: 202 while running, then the answer that the action would have given."""
        if self.state == "Running":
            return Answer(202, shown(self.uri, self.resource()), {"Location": self.monitor, "Retry-After": "1"})
        return Answer(500, error_body(self.messages)) if self.state == "Exception" else Answer(204)


class Tasks:
    """The newest tasks of one controller. Two of them never run at once: a machine has one power button."""

    def __init__(self) -> None:
        self.all: dict[str, Task] = {}
        self._next = 1
        self._turn = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> Answer:
        """Begin ``work`` and return the answer that names its task; an exception of ``work`` ends up in the task."""
        task = Task(str(self._next), name, _now())
        self._next += 1
        self.all[task.id] = task
        while len(self.all) > _KEPT:
            del self.all[next(iter(self.all))]
        running = asyncio.create_task(self._run(task, work))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return task.answer()

    async def _run(self, task: Task, work: Coroutine[Any, Any, None]) -> None:
        async with self._turn:
            try:
                await work
            except Exception as error:
                task.state = "Exception"
                task.messages = [failure(str(error) or type(error).__name__)]
            else:
                task.state = "Completed"
                task.messages = [message("Success")]
            task.ended = _now()

    async def close(self) -> None:
        """Cancel what still runs."""
        for running in self._running:
            running.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def tree(self) -> Tree:
        """Return the task service, every task and its monitor."""
        tasks = f"{URI}/Tasks"
        return {
            URI: Resource(
                "TaskService.v1_3_0.TaskService",
                lambda: {
                    "Id": "TaskService",
                    "Name": "Task service",
                    "ServiceEnabled": True,
                    "CompletedTaskOverWritePolicy": "Oldest",
                    "Tasks": link(tasks),
                    "Status": status(),
                },
            ),
            tasks: collection("Task", "Tasks", tasks, list(self.all)),
            **{task.uri: task.resource() for task in self.all.values()},
            **{task.monitor: Resource(answer=task.answer) for task in self.all.values()},
        }


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
