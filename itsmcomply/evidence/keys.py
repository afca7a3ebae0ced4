"""How an item of evidence is named: EV- and its number in the system, with four digits or more."""

from __future__ import annotations

_MARK = "EV-"


def item_key(number: int) -> str:
    """The readable key: "EV-0142"."""
    return f"{_MARK}{number:04d}"


def item_number(key: str) -> int:
    """The number in a readable key. Raises ValueError for what is none."""
    return int(key.removeprefix(_MARK))
