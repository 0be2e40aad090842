"""A small writer of SVG; lengths are in pixels."""

from __future__ import annotations

from html import escape

_CHARACTER = 0.58  # width of a common character of a sans-serif font, in its size
_STYLE = """
:root { --ground: #fbfbfa; --card: #fff; --ink: #1c2024; --soft: #5d666f; --line: #9aa3ab; --good: #cdebd8;
 --warn: #f8dfa6; --bad: #f6bdb8; --idle: #e3e7ea; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --card: #1b1f23; --ink: #e4e7ea; --soft: #9aa5af;
 --line: #6c7680; --good: #1d4a31; --warn: #55431a; --bad: #642a25; --idle: #2b3238; } }
@media print { :root { --ground: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #777; } }
text { font-family: system-ui, sans-serif; font-size: 12px; fill: var(--ink); }
.soft { fill: var(--soft); } .small { font-size: 10px; } .head { font-size: 17px; font-weight: 600; }
.middle { text-anchor: middle; } .end { text-anchor: end; }
rect { fill: var(--card); stroke: var(--line); } rect.ground { fill: var(--ground); stroke: none; }
rect.good { fill: var(--good); } rect.warn { fill: var(--warn); } rect.bad { fill: var(--bad); }
rect.idle { fill: var(--idle); } rect.bar { stroke: none; } rect.bar.good { fill: #3a9e63; }
 rect.bar.warn { fill: #c98a12; } rect.bar.bad { fill: #cf4036; } rect.dashed { stroke-dasharray: 4 3; }
path { fill: none; stroke: var(--line); stroke-width: 1.5; }
"""


class Drawing:
    """A drawing that grows with what is put on it."""

    def __init__(self, title: str, description: str) -> None:
        self._title, self._description = title, description
        self._parts: list[str] = []
        self._width = self._height = 0.0

    def box(
        self, x: float, y: float, width: float, height: float, *, kind: str = "", title: str = "", round_: float = 3
    ) -> None:
        """Draw a rectangle; ``title`` is what a pointer or a screen reader finds there."""
        self._reach(x + width, y + height)
        told = f"<title>{escape(title)}</title></rect>" if title else "</rect>"
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{max(width, 0):.6g}" height="{max(height, 0):.6g}" rx="{round_:g}"'
            f"{_class(kind)}>{told}"
        )

    def text(
        self, x: float, y: float, text: str, *, kind: str = "", room: float | None = None, turned: bool = False
    ) -> None:
        """Write text with its baseline at ``y``; what is longer than ``room`` is cut. ``turned`` reads upwards."""
        size = 10 if "small" in kind else 17 if "head" in kind else 12
        shown = text if room is None else fitting(text, room, size)
        if not turned:
            self._reach(x + (0 if "end" in kind else len(shown) * size * _CHARACTER), y + 4)
        turn = f' transform="rotate(-90 {x:g} {y:g})"' if turned else ""
        self._parts.append(f'<text x="{x:g}" y="{y:g}"{turn}{_class(kind)}>{escape(shown)}</text>')

    def line(self, *points: tuple[float, float]) -> None:
        """Draw a line through points."""
        for x, y in points:
            self._reach(x, y)
        self._parts.append(f'<path d="M{" L".join(f"{x:.6g} {y:.6g}" for x, y in points)}"/>')

    def svg(self) -> str:
        """Return the whole drawing as a file."""
        width, height = round(self._width + 20), round(self._height + 20)
        size = f'width="{width}" height="{height}"'
        names = 'role="img" aria-labelledby="title description"'
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {names} {size} viewBox="0 0 {width} {height}">',
            f'<title id="title">{escape(self._title)}</title>',
            f'<desc id="description">{escape(self._description)}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect class="ground" {size}/>',
            *self._parts,
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _reach(self, x: float, y: float) -> None:
        self._width, self._height = max(self._width, x), max(self._height, y)


def fitting(text: str, room: float, size: float) -> str:
    """Return as much of ``text`` as fits into ``room``; what is cut ends in an ellipsis."""
    most = int(room / (size * _CHARACTER))
    return text if len(text) <= most else f"{text[: most - 1]}…" if most > 2 else ""


def load_kind(load: float, limit: float | None, unknown: int = 0) -> str:
    """Return how a load against its limit is filled: above it bad, above 80 % warn; unknown loads are dashed."""
    share = load / limit if limit else 0.0
    kind = "bad" if share > 1 else "warn" if share > 0.8 else "good" if limit else "idle"
    return f"{kind} dashed" if unknown else kind


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
