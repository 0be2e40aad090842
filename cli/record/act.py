"""Write into the ledger what this process did: who and why come from the system, git and the CI job."""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Mapping
from pathlib import Path

from gigaworks.cli.record import git
from gigaworks.cli.record.ledger import Entry, Job, Ledger, Who, Why
from gigaworks.inventory.folder import SiteFolder

# system → its variables for: a mark that is always set, job id, URL, who started it
_JOBS = {
    "github": ("GITHUB_ACTIONS", "GITHUB_RUN_ID", "", "GITHUB_ACTOR"),
    "gitlab": ("GITLAB_CI", "CI_JOB_ID", "CI_JOB_URL", "GITLAB_USER_LOGIN"),
    "jenkins": ("JENKINS_URL", "BUILD_TAG", "BUILD_URL", "BUILD_USER_ID"),
    "ci": ("CI", "CI_JOB_ID", "CI_JOB_URL", ""),
}


def record(
    folder: SiteFolder,
    what: str,
    *,
    message: str = "",
    plan: str | None = None,
    result: str = "done",
    counts: dict[str, int] | None = None,
) -> Entry:
    """Add an entry to the site's ledger and return it.

    Args:
        folder: the site.
        what: apply, destroy, unlock, …
        message: the reason that the person gave.
        plan: SHA-256 of the plan.
        result: done, part, failed, interrupted.
        counts: figures of the result, such as nodes done and failed.

    Raises:
        GigaworksError: the ledger was tampered with.

    """
    state = git.head(folder.root)
    commit = state.commit if state else None
    return Ledger(folder.ledger).append(
        what,
        who=who(folder.root),
        why=Why(message=message, commit=commit, subject=git.subject(folder.root, commit) if commit else ""),
        site=folder.root.resolve().name,
        plan=plan,
        approvals=git.approvals(folder.root, commit) if commit else [],
        result=result,
        counts=counts,
    )


def who(root: Path, environment: Mapping[str, str] = os.environ) -> Who:
    """Return who acts: the person behind sudo where there is one, the git author, the CI job."""
    uid = int(environment["SUDO_UID"]) if environment.get("SUDO_UID", "").isdigit() else os.getuid()
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        user = str(uid)
    return Who(user=user, uid=uid, host=socket.gethostname(), git_author=git.author(root), job=job(environment))


def job(environment: Mapping[str, str]) -> Job | None:
    """Return the CI job that this process is part of."""
    for system, (mark, number, url, actor) in _JOBS.items():
        if environment.get(mark) and environment[mark] != "false":
            address = environment.get(url, "")
            if system == "github" and "GITHUB_REPOSITORY" in environment:
                server = environment.get("GITHUB_SERVER_URL", "https://github.com")
                address = f"{server}/{environment['GITHUB_REPOSITORY']}/actions/runs/{environment.get(number, '')}"
            return Job(system=system, id=environment.get(number, ""), url=address, actor=environment.get(actor, ""))
    return None
