"""Table of days that have ended with the figures derived for them, so that a trend asks the engine once a month."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.db import Base
from itsmcomply.systems.models import ManagementSystem


class ReadinessDay(Base):
    """Figures of one ended day. Derived: an ended day gives the same answer for ever, and `verify` recomputes it.

    `rules` is the SHA-256 over the digests of catalogue, policy and model. Shares are exact text such as "37/62".
    """

    __tablename__ = "readiness_day"

    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    rules: Mapped[str] = mapped_column(String(64), primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    coverage: Mapped[str | None] = mapped_column(Text)
    index: Mapped[str] = mapped_column(Text)
    level: Mapped[int]
