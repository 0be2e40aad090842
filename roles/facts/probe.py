"""What a short shell text prints: the fact behind settings that have no file of their own."""

from __future__ import annotations

from pyinfra.api import FactBase


class Probe(FactBase[str]):
    """Returns what ``text`` prints; a failing text prints what it got to."""

    @staticmethod
    def default() -> str:
        """Return nothing."""
        return ""

    def command(self, text: str) -> str:
        """Run the text; its exit status does not matter."""
        return f"{text}\ntrue"

    def process(self, output: list[str]) -> str:
        """Return the lines without white space at their ends."""
        return "\n".join(line.strip() for line in output).strip()
