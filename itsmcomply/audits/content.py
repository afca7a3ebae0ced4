"""The content of an audit and of a programme as canonical text, whose SHA-256 is what is signed or approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from itsmcomply.activity.rules import canonical, sha256_text
from itsmcomply.db import Base


def content_digest(head: Mapping[str, object], parts: Mapping[str, Iterable[Base]]) -> str:
    """SHA-256 over the stored columns of the parts, in the order given, and what stands on top."""
    return sha256_text(
        canonical({"head": dict(head)} | {name: [values(r) for r in rows] for name, rows in parts.items()})
    )


def values(row: Base) -> dict[str, object]:
    """All stored columns of a row."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
