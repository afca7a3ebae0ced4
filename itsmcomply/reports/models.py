"""Table of exports: what was asked for, how far it is, what came out."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.accounts.models import User
from itsmcomply.db import Base, str_enum
from itsmcomply.reports.rules import ExportKind, ExportState, is_active
from itsmcomply.systems.models import ManagementSystem


class Export(Base):
    """One export, run in a child process. Progress is counted in steps of `total`."""

    __tablename__ = "export"
    __table_args__ = (Index(None, "system_id", "requested_at"),)
    __undigested__ = frozenset({"state", "done", "total", "pid", "message"})

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    kind: Mapped[ExportKind] = mapped_column(str_enum(ExportKind))
    as_of: Mapped[date]
    model: Mapped[str] = mapped_column(String(60))
    requested_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    requested_at: Mapped[datetime]
    state: Mapped[ExportState] = mapped_column(str_enum(ExportState))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    pid: Mapped[int | None]
    message: Mapped[str] = mapped_column(Text, default="")
    finished_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def key(self) -> str:
        return f"EX-{self.id:04d}"

    @property
    def is_active(self) -> bool:
        return is_active(self.state)
