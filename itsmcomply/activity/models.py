"""Tables of the activity trail: the entries and their head. Append-only by triggers (see the migration)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.db import Base


class ActivityEntry(Base):
    """One change, one entry. `line` holds the exact bytes that are hashed; the other columns are an index over it."""

    __tablename__ = "activity_entry"
    __table_args__ = (
        Index(None, "system_id", "seq"),
        Index(None, "record_kind", "record_key", "seq"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[str] = mapped_column(Text)
    line_hash: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]
    system_id: Mapped[int | None]
    actor_id: Mapped[int]
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60), index=True)
    record_kind: Mapped[str] = mapped_column(String(40))
    record_key: Mapped[str] = mapped_column(String(120))


class ActivityHead(Base):
    """The one row that serialises writers and says where the chain ends. seq 0 and 64 zeros before the first entry."""

    __tablename__ = "activity_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    line_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime | None]
