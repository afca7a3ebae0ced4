"""The few pieces every chart is drawn with: escaped elements, the outer frame, and the printed colours."""

from __future__ import annotations

from textwrap import wrap
from typing import Final
from xml.sax.saxutils import escape, quoteattr

# Printed colours of the bands (fill, text) and of the other marks; the light theme of app.css.
BAND_FILL: Final = {"N": "#b8281b", "P": "#fbdd9f", "L": "#eaf1d2", "F": "#d9eee3"}
BAND_TEXT: Final = {"N": "#ffffff", "P": "#563900", "L": "#3c4c10", "F": "#0e4d31"}
# Stronger fills for thin bars without letters on them.
BAND_BAR: Final = {"N": "#b8281b", "P": "#e6a937", "L": "#a9bf63", "F": "#6cb896"}
BANDS: Final = ("F", "L", "P", "N")
INK: Final = "#16202c"
TEXT: Final = "#465363"
GRID: Final = "#dde3e9"
AXIS: Final = "#c5ced8"
BLUE: Final = "#0b57a4"
VIOLET: Final = "#5a3fa6"
VIOLET_OFF: Final = "#d5d0e6"
GREY: Final = "#5a6675"
RED: Final = "#b42318"
PAPER: Final = "#ffffff"

FONT_SIZE: Final = 11


def num(value: float) -> str:
    """A coordinate with at most one decimal, so that the same values give the same text."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def el(tag: str, content: str = "", /, **attributes: object) -> str:
    """One element; `content` is markup. Attribute names: `class_` is class, underscores become hyphens."""
    parts = [tag]
    for name, value in attributes.items():
        text = num(value) if isinstance(value, float) else str(value)
        parts.append(f"{name.rstrip('_').replace('_', '-')}={quoteattr(text)}")
    opened = " ".join(parts)
    return f"<{opened}>{content}</{tag}>" if content else f"<{opened}/>"


def text(x: float, y: float, words: str, **attributes: object) -> str:
    attributes.setdefault("fill", TEXT)
    attributes.setdefault("font_size", FONT_SIZE)
    return el("text", escape(words), x=float(x), y=float(y), font_family="Inter", **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    return el("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), **attributes)


def points(pairs: list[tuple[float, float]]) -> str:
    return " ".join(f"{num(x)},{num(y)}" for x, y in pairs)


def chart(key: str, title: str, desc: str, body: str, *, width: float, height: float) -> str:
    """The outer element. `key` makes the ids of title and description unique on a page."""
    named = el("title", escape(title), id=f"{key}-t") + el("desc", escape(desc), id=f"{key}-d")
    return el(
        "svg",
        named + body,
        class_="cht",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {num(width)} {num(height)}",
        width=num(width),
        height=num(height),
        role="img",
        aria_labelledby=f"{key}-t {key}-d",
    )


def fitted(words: str, room: float, size: float = FONT_SIZE) -> str:
    """`words`, cut with an ellipsis to about `room` pixels. Measured by an average width: there is no font here."""
    most = max(1, int(room / (size * 0.56)))
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def wrapped(words: str, room: float, size: float = FONT_SIZE, most: int = 3) -> list[str]:
    """`words` in at most `most` lines of about `room` pixels, broken at blanks; what is left over is cut."""
    width = max(1, int(room / (size * 0.56)))
    lines = wrap(words, width, break_long_words=False) or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [fitted(line, room, size) for line in lines]
