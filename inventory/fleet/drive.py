"""The way of one node from expected to installed, in steps that a killed run does not repeat.

What is destructive is written into the node's record: the order before the boot services hear of it, the power
cycle before and after it happens, the written disk as soon as the installation reported it. A new run reads the
record and goes on from there. Roles and acceptance run in batches elsewhere; this file records how they ended.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from gigaworks.inventory.blueprint import Blueprint, Node
from gigaworks.inventory.fleet import trouble
from gigaworks.inventory.fleet.protocols import Drivers
from gigaworks.inventory.fleet.record import NodeRecord, State
from gigaworks.inventory.fleet.states import Action, Outcome, next_action, resume
from gigaworks.inventory.fleet.trouble import Interrupted, NodeTrouble
from gigaworks.inventory.problem import GigaworksError, NotAuthorised, Problem

POLL_S = 2.0
RETRY_PAUSE_S = 10.0
_SILENT = {"unknown", "expected"}


class Drive:
    """Moves one node. Use one per node and run; its methods block, so give each node a thread.

    Raises:
        Interrupted: from every step, when ``drivers.stop`` was set; the record says where it goes on.
        PlantError: somebody else moved the node.
    """

    def __init__(self, node: Node, blueprint: Blueprint, drivers: Drivers, install_digest: str) -> None:
        self.node = node
        self.record = drivers.records.get(node.name) or NodeRecord(name=node.name)
        self._blueprint = blueprint
        self._drivers = drivers
        self._install_digest = install_digest

    def bring_up(self) -> NodeRecord:
        """Climb to *installed* and return the record: installed or further up, failed, or quarantined.

        A reset that the ladder asked for after a failure of roles or acceptance is done here, too.

        A failure is answered by the ladder of ``states.next_action``; the reason stands in the record.

        Raises:
            NodeTrouble: no stack has applied this node's rack with it.
        """
        if not self._drivers.may_act(self.node):
            raise trouble.not_applied(self.node)
        if self.record.state == "failed":
            self.move(resume(self.record), "tried again")
        steps = {"expected": self.discover, "discovered": self.verify, "verified": self.install}
        while step := self.await_shell if self.record.marks.get("reset") else steps.get(self.record.state):
            try:
                step()
            except Interrupted:
                raise
            except GigaworksError as error:
                if self.failed(error) not in {"fail", "quarantine"}:
                    self._wait(RETRY_PAUSE_S)
        return self.record

    def close(self) -> None:
        """End the session with the node's BMC or PDU."""
        self._drivers.power.close()

    def discover(self) -> None:
        """Find out what stands there: by Redfish, or without a BMC by what it says when it boots from the network."""
        self.progress("discovering")
        power = self._drivers.power
        if power.has_bmc:
            found = power.inventory()
        else:
            self._cycle_into_network()
            found = self._first_word()
        seen = " ".join(str(found[key]) for key in ("manufacturer", "model", "serial", "arch") if found.get(key))
        self.move("discovered", seen, serial=found.get("serial"), inventory=found)

    def verify(self) -> None:
        """Compare what was found with the SKU, or without a BMC the architecture and the NICs; all differences at once.

        Raises:
            NodeTrouble: what stands there is not what is declared.
        """
        self.progress("verifying")
        found = self.record.inventory
        if self._drivers.power.has_bmc:
            problems = self._drivers.bill(self.node, found)
            if errors := [each for each in problems if each.severity == "error"]:
                raise NodeTrouble(*errors, hopeless=True)
            doubts = "".join(f"; {each.summary}" for each in problems)
            self.move("verified", f"bill of materials matches{doubts}")
            return
        if found["arch"] != self.node.arch:
            raise trouble.refused(self.node, f"declared {self.node.arch}, but the machine says {found['arch']}")
        if missing := {nic.mac.lower() for nic in self.node.nics} - set(found["macs"]):
            raise trouble.refused(self.node, f"declared network interfaces are not there: {', '.join(sorted(missing))}")
        self.move("verified", "architecture and NICs match; no BMC, so the rest of the bill of materials is unknown")

    def install(self) -> None:
        """Have the node write its disk over the network, and wait until what was written answers over SSH."""
        if "written" not in self.record.marks:
            self.progress("booting")
            self._order()
            self._cycle_into_network()
            self._await_disk()
        self.await_shell()
        self.move("installed", f"{self.node.arch} answers over SSH", installed_digest=self._install_digest)

    def await_shell(self) -> None:
        """Wait until the installed system answers over SSH with the recorded host key; reset it if the ladder said so.

        Raises:
            NotAuthorised: another key, or ours is refused.
            NodeTrouble: nothing in the time limit, or another system.
        """
        self.progress("starting")
        power, marks = self._drivers.power, dict(self.record.marks)
        power.boot_from("disk")
        if marks.pop("reset", False):
            power.set_power("reset")
            self._note(marks=marks)
        elif power.power() == "off":
            power.set_power("on")
        while True:
            try:
                said = self._drivers.shell.run("uname -m && cat /etc/gigaworks/node.json", timeout_s=20)
                break
            except NotAuthorised:
                raise
            except GigaworksError as error:
                last = trouble.reason(error)
            self._pause(partial(self._stuck, last))
        arch, _, text = said.partition("\n")
        about = json.loads(text)
        found = (arch.strip(), about["node"], about["image"])
        wanted = (self.node.arch, self.node.name, self._drivers.image.name)
        if found != wanted:
            raise trouble.other_system(self.node, " ".join(found), " ".join(wanted))

    def failed(self, error: GigaworksError) -> Action:
        """Answer a failure of the running step, here or in roles or acceptance, by the next rung of the ladder.

        Returns:
            retry, reset, reinstall: ``bring_up`` and the same step again; quarantine, fail: it ends here, with the
            reason in the record.
        """
        record, why = self.record, trouble.reason(error)
        outcome: Outcome = "hopeless" if trouble.is_hopeless(error) else "failed"
        action = next_action(record, outcome, self._drivers.clock.now(), self._drivers.limits)
        if action == "reinstall" and self._boots_disk_first():
            why, action = trouble.reason(trouble.firmware_order(self.node)), "fail"
        marks = dict(record.marks)
        if record.step in {"discovering", "booting", "installing"}:  # the next try begins with a power cycle
            marks.pop("cycled", None)
            marks.pop("cycling", None)
        if action in {"fail", "quarantine"}:
            self.move("failed" if action == "fail" else "quarantined", why, reason=why, marks=marks)
            return action
        if action == "reinstall":
            marks = {key: marks[key] for key in ("cycles", "seen") if key in marks}
            if record.state != "verified":
                self.move("verified", "to be installed again")
        elif action == "reset" and "written" in marks:
            marks["reset"] = True
        self._note(f"{why} → {action}", attempts=record.attempts + 1, marks=marks)
        return action

    def progress(self, step: str, message: str = "") -> None:
        """Record which step is running, here or in roles or acceptance; its time limit counts from now."""
        if self._drivers.stop.is_set():
            raise Interrupted(Problem("interrupted", f"{self.node.name} goes on from {step} next time"))
        self._note(message, step=step)

    def move(self, after: State, message: str = "", **changes: Any) -> None:
        """Record that a step, roles, acceptance or a drain brought the node into a state.

        A fall to *verified*, to be installed again, becomes *failed* where nobody can make the node do so.
        """
        before = self.record
        if after == "verified" and before.state not in {"discovered", "failed"} and self._boots_disk_first():
            after = "failed"
            changes["reason"] = message = trouble.reason(trouble.firmware_order(self.node))
        self.record = self._drivers.records.move(before, after, message, self._drivers.clock.now(), **changes)
        self._drivers.tell(before, self.record, message)

    def retire(self) -> NodeRecord:
        """Take the node out for good: power off, boot source reset, order and host key forgotten. Again is harmless."""
        if self.record.state == "retired":
            return self.record
        if self.record.state == "in service":
            self.move("drain", "to be retired")
        power = self._drivers.power
        if power.power() == "on":
            power.set_power("off")
        power.boot_from("disk")
        self._drivers.boot.forget(self.node.name)
        self._drivers.host_keys.remove(self.node.name)
        self.move("retired", "powered off")
        return self.record

    def _order(self) -> None:
        """Order the installation under a name that is in the record first: the same name again writes no disk twice."""
        if "order" not in self.record.marks:
            order = f"{self.node.name}-{self._install_digest[:12]}-{secrets.token_hex(4)}"
            self._note(marks={**self.record.marks, "order": order})
        self._drivers.boot.expect(self.node.name, self.record.marks["order"])

    def _cycle_into_network(self) -> None:
        """Power-cycle into the network boot, at most once for each time that the ladder asks for it.

        The wish is in the record before the power changes. Found there without its completion, the run was killed
        in between: a node that was off and is on has had it, one that was on is given its time before a rung of
        the ladder resets it. The override is continuous, for a machine that fails half-way must come back here.
        """
        power, marks = self._drivers.power, self.record.marks
        if "cycled" in marks:
            return
        now = power.power()
        if "cycling" not in marks:
            power.boot_from("network")
            marks = {**marks, "cycling": now, "cycles": marks.get("cycles", 0) + 1}
            to: Literal["on", "reset"] = "on" if now == "off" else "reset"
            source = "boot source network, " if power.has_bmc else ""
            self._note(f"{source}power {to} by {power.button}", marks=marks)
            power.set_power(to)
        elif now == "off":
            power.set_power("on")
        self._note(marks={**marks, "cycled": self._drivers.clock.now()})

    def _first_word(self) -> dict[str, Any]:
        while True:
            status = self._drivers.boot.status(self.node.name)
            if status["stage"] not in _SILENT and status["at"] != self.record.marks.get("seen"):
                if status["stage"] == "refused":
                    self._seen(status)
                    raise trouble.refused(self.node, status["error"])
                return {**status["inventory"], "arch": status["arch"], "macs": status["macs"]}
            self._pause(self._silent)

    def _await_disk(self) -> None:
        """Follow the order until the node reported a written disk, then believe its host key and boot the disk."""
        order, seen, shown = self.record.marks["order"], self.record.marks.get("seen"), ""
        while True:
            status = self._drivers.boot.status(self.node.name)
            stage = status["stage"] if status["order"] == order and status["at"] != seen else "expected"
            if stage == "done":
                break
            if stage in {"refused", "failed"}:
                self._seen(status)
                if stage == "refused":
                    raise trouble.refused(self.node, status["error"])
                raise trouble.install_failed(self._blueprint, self.node, status["error"])
            if stage not in _SILENT and self.record.step == "booting":
                self.progress("installing")
            now = f"{stage} {status['percent']} %" if status.get("percent") is not None else stage
            if stage not in _SILENT and now != shown:
                shown = now
                self._drivers.tell(self.record, self.record, now)
            self._pause(self._silent if stage in _SILENT else partial(self._stuck, shown))
        self._drivers.host_keys.put(self.node.name, _address(self.node), status["host_key"])
        self._note(
            "disk written, host key recorded",
            host_key=status["host_key"],
            installed_image=self._drivers.image.sha256,
            marks={**self.record.marks, "written": self._drivers.clock.now()},
        )

    def _silent(self) -> NodeTrouble:
        return trouble.silent(self._blueprint, self.node, self._limit(), trouble.resets_of(self.record))

    def _stuck(self, last: str) -> NodeTrouble:
        return trouble.stuck(self._blueprint, self.node, self.record.step, last, self._limit())

    def _seen(self, status: dict[str, Any]) -> None:
        """Remember the report of a failure, so that the next try does not take it for its own."""
        self._note(marks={**self.record.marks, "seen": status["at"]})

    def _limit(self) -> float:
        return self._drivers.limits[self.record.step]

    def _boots_disk_first(self) -> bool:
        return not self._drivers.power.has_bmc and self.record.installed_image is not None

    def _pause(self, overdue: Callable[[], NodeTrouble]) -> None:
        if next_action(self.record, "running", self._drivers.clock.now(), self._drivers.limits) != "wait":
            raise overdue()
        self._wait(POLL_S)

    def _wait(self, seconds: float) -> None:
        self._drivers.clock.sleep(seconds)
        if self._drivers.stop.is_set():
            raise Interrupted(Problem("interrupted", f"{self.node.name} goes on from {self.record.step} next time"))

    def _note(self, message: str = "", **changes: Any) -> None:
        before = self.record
        self.record = self._drivers.records.note(before, message, self._drivers.clock.now(), **changes)
        self._drivers.tell(before, self.record, message)


def _address(node: Node) -> str:
    return (node.nics[0].address or "").partition("/")[0]
