"""Many steps as one shell script for a node, and what came of each; pure.

A step assumes what a fact says, or runs a command. The script stops at the first surprise: a fact that says something
else by now, or a command that fails. What runs is framed by a mark on stdout and on stderr, so that each command keeps
its own output and it is known at any time which one is running. The shell reads the whole script before it runs any of
it: one that arrives in part does nothing.
"""

from __future__ import annotations

import base64
import re
import secrets
import shlex
from collections.abc import Sequence
from typing import NamedTuple

from gigaworks.roles.check import Output

READ_SECONDS = 180.0  # of a fact or check without a sign of life


class Assume(NamedTuple):
    """A fact, ``text`` in a shell, that is expected to say ``expected`` with exit status 0; where ``sure``, unasked."""

    key: str
    text: str
    expected: str
    sure: bool = False


class Run(NamedTuple):
    """A command, ``text`` in a shell, that ends within ``limit`` seconds with one of ``codes``."""

    text: str
    stdin: bytes = b""
    codes: tuple[int, ...] = (0,)
    limit: float = READ_SECONDS


Step = Assume | Run


class Ran(NamedTuple):
    """A command that was begun; ``code`` is None where it did not come to its end."""

    code: int | None
    out: str
    error: str


class Other(NamedTuple):
    """A fact that says something else than was assumed; or one of its group, read once more, that may."""

    output: Output
    surprise: bool = False


class Outcome(NamedTuple):
    """What is known of a script: for each step Ran, Other, None where nothing was said; and what was read behind."""

    steps: list[Ran | Other | None]
    reads: list[Output]
    whole: bool  # the script came to its end, or to the surprise that ended it


class Script:
    """The script for groups of steps and what is read behind them; it listens to its own output.

    Where a fact of a group says something else, the other facts of that group are read once more before the end.
    """

    def __init__(self, groups: Sequence[Sequence[Step]], reads: Sequence[str] = (), mark: str = "") -> None:
        self.groups, self.reads = groups, reads
        self.steps = [step for group in groups for step in group]
        self.mark = mark or f"=={secrets.token_hex(8)}=="
        self.out, self.error = bytearray(), bytearray()
        self.running: int | None = None  # the command that was begun last
        self.limit = READ_SECONDS
        self._heard = 0
        self._last = f"{self.mark} close\n".encode()

    @property
    def text(self) -> bytes:
        """The shell text, for the stdin of ``sh -s``."""
        parts = [f"gw_mark='{self.mark}'", _FUNCTIONS, "gw_all() {"]
        first = 0
        for group in self.groups:
            numbered = list(enumerate(group, first))
            first += len(group)
            parts += [_step(number, step, numbered) for number, step in numbered]
        parts += [f"gw_read 'read {number}' {shlex.quote(text)}" for number, text in enumerate(self.reads)]
        parts += ["gw_close", "}", "gw_all", ""]
        return "\n".join(parts).encode()

    @property
    def begun(self) -> bool:
        """Whether the node's shell runs it."""
        return f"{self.mark} open".encode() in self.out

    @property
    def closed(self) -> bool:
        """Whether stdout has said its last word; a daemon may keep it open for ever."""
        return self._last in self.out

    @property
    def over(self) -> bool:
        """Whether stderr has, too."""
        return self.closed and self._last in self.error

    def hear(self, data: bytes) -> bool:
        """Take what came on stdout; return whether a step began or ended, which starts its time limit anew."""
        self.out += data
        told = list(re.finditer(rb"^%b (\w+) (\d+)\n" % self.mark.encode(), self.out[self._heard :], re.MULTILINE))
        if not told:
            self._heard = max(self._heard, len(self.out) - len(self.mark) - 32)
            return False
        self._heard += told[-1].end()
        self.limit = READ_SECONDS
        for sign in told:
            if sign[1] == b"run":
                self.running = int(sign[2])
        if told[-1][1] == b"run" and isinstance(step := self.steps[int(told[-1][2])], Run):
            self.limit = step.limit
        return True

    def outcome(self) -> Outcome:
        """Return what is known by now."""
        steps: list[Ran | Other | None] = [None] * len(self.steps)
        reads = [Output(None, "")] * len(self.reads)
        errors = {number: text for _, number, text, _ in self._frames(self.error)}
        for word, number, text, code in self._frames(self.out):
            if word == "run":
                steps[number] = Ran(code, text, errors.get(number, ""))
            else:
                body, _, status = text.rpartition("\n")
                output = Output(int(status), body) if status.isdigit() else Output(None, text)
                if word == "read":
                    reads[number] = output
                else:
                    steps[number] = Other(output, surprise=word == "other")
        return Outcome(steps, reads, self.closed)

    def _frames(self, stream: bytearray) -> list[tuple[str, int, str, int | None]]:
        """Return (word, number, text, exit status) for each frame; the last one may lack its end."""
        text = stream.decode(errors="replace")
        pattern = re.compile(
            rf"^{self.mark} (run|other|fact|read) (\d+)\n(.*?)(?:\n{self.mark} end (\d+)\n|\Z)",
            re.MULTILINE | re.DOTALL,
        )
        return [(m[1], int(m[2]), m[3], int(m[4]) if m[4] else None) for m in pattern.finditer(text)]


# A fact is told in one write: each write is a packet for the controller to decode.
# A command is evaluated in a subshell: a syntax error, an exit or a variable of its own ends there. It costs a fork
# instead of a program. Printing to a controller that is gone ends the script by SIGPIPE.
_FUNCTIONS = r"""
gw_say() { printf '%s\n' "$gw_mark $1"; }
gw_close() { printf '\n'; gw_say close; { printf '\n'; gw_say close; } >&2; exit 0; }
gw_begin() { gw_say "run $1"; gw_say "run $1" >&2; }
gw_end() { gw_code=$?; printf '\n'; gw_say "end $gw_code"; { printf '\n'; gw_say "end $gw_code"; } >&2; }
gw_eval() { (gw_text=$1; set --; eval "$gw_text") </dev/null 2>/dev/null; }
gw_ask() { gw_found=$(gw_eval "$1"; printf '\n%s' $?); }
gw_tell() { printf '%s\n%s\n%s\n' "$gw_mark $1" "$gw_found" "$gw_mark end 0"; }
gw_assume() {
  gw_ask "$2"
  [ "$gw_found" = "$3" ] && return
  case $gw_found in  # a folder's times and size, which pyinfra reads along and no operation goes by
    user=*' mode=d'*' atime='*) [ "${gw_found%% atime=*}" = "${3%% atime=*}" ] && return ;;
  esac
  gw_tell "other $1"; return 1
}
gw_read() { gw_ask "$2"; gw_tell "$1"; }
gw_say 'open 0'"""


def _step(number: int, step: Step, group: list[tuple[int, Step]]) -> str:
    if isinstance(step, Assume):
        if step.sure:
            return ""
        others = [(n, other) for n, other in group if isinstance(other, Assume) and n != number]
        ending = [f"gw_read 'fact {n}' {shlex.quote(other.text)}" for n, other in others]
        wanted = shlex.quote(f"{step.expected}\n0")
        return f"gw_assume {number} {shlex.quote(step.text)} {wanted} || {{ {'; '.join([*ending, 'gw_close'])}; }}"
    codes = "|".join(map(str, step.codes))
    return f"gw_begin {number}\n{_fed(step)}\ngw_end\ncase $gw_code in {codes}) ;; *) gw_close ;; esac"


def _fed(step: Run) -> str:
    command = f"(eval {shlex.quote(step.text)})"
    if not step.stdin:
        return f"{command} </dev/null"
    text = step.stdin.decode("ascii", errors="replace")
    if text.isascii() and "\0" not in text and text.endswith("\n") and "\nGW_END\n" not in f"\n{text}":
        return f"{command} <<'GW_END'\n{text}GW_END"
    return f"base64 -d <<'GW_END' | {command}\n{base64.encodebytes(step.stdin).decode()}GW_END"
