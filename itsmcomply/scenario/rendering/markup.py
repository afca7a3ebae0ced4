"""The little markup of scenario texts: headings, bullets, tables, paragraphs. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Bullet:
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first row is its head. Every row has the width of the head."""

    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Bullet | Grid


def parse_markup(text: str) -> list[Block]:
    """Blocks in order. `# ` and `## ` head, `- ` lists, lines with `|` at both ends make a table, the rest is prose."""
    blocks: list[Block] = []
    rows: list[tuple[str, ...]] = []
    prose: list[str] = []
    for line in [*text.splitlines(), ""]:
        stripped = line.strip()
        is_row = len(stripped) > 1 and stripped.startswith("|") and stripped.endswith("|")
        special = is_row or not stripped or stripped.startswith(("# ", "## ", "- "))
        if rows and not is_row:
            blocks.append(_grid(rows))
            rows = []
        if prose and special:
            blocks.append(Paragraph(" ".join(prose)))
            prose = []
        if is_row:
            rows.append(tuple(cell.strip() for cell in stripped[1:-1].split("|")))
        elif stripped.startswith("## "):
            blocks.append(Heading(2, stripped[3:]))
        elif stripped.startswith("# "):
            blocks.append(Heading(1, stripped[2:]))
        elif stripped.startswith("- "):
            blocks.append(Bullet(stripped[2:]))
        elif stripped:
            prose.append(stripped)
    return blocks


def _grid(rows: list[tuple[str, ...]]) -> Grid:
    width = len(rows[0])
    return Grid(tuple((*row, *[""] * (width - len(row)))[:width] for row in rows))
