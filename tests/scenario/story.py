"""A small organisation with an auditor, as text that tests change in one place and read again."""

from __future__ import annotations

from pathlib import Path

STORY = (Path(__file__).parent / "story.yaml").read_text(encoding="utf-8")
AUDITOR = "auditor@demo.example.org"


def changed(old: str, new: str, text: str = STORY) -> str:
    """The story with one place changed; it has to be there once."""
    assert text.count(old) == 1, f"{text.count(old)} times: {old}"
    return text.replace(old, new)
