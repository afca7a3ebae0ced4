"""Tables of controls and their mapping to requirements."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.accounts.models import User
from itsmcomply.db import Base, str_enum
from itsmcomply.systems.models import ManagementSystem


class ControlKind(StrEnum):
    PREVENTIVE = "preventive"
    DETECTIVE = "detective"
    CORRECTIVE = "corrective"


class ControlStatus(StrEnum):
    PLANNED = "planned"
    OPERATING = "operating"
    RETIRED = "retired"


class Control(Base):
    """What the organisation does to meet requirements. `ref` is unique in its system and never reused."""

    __tablename__ = "control"
    __table_args__ = (UniqueConstraint("system_id", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    ref: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    test: Mapped[str] = mapped_column(Text, default="")
    process: Mapped[str] = mapped_column(String(60))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    kind: Mapped[ControlKind] = mapped_column(str_enum(ControlKind))
    frequency: Mapped[str] = mapped_column(String(40))
    status: Mapped[ControlStatus] = mapped_column(str_enum(ControlStatus))
    starter: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    row_version: Mapped[int] = mapped_column(default=1)


class ControlMapping(Base):
    """A control meets (part of) a requirement: a dated entry, ended rather than deleted."""

    __tablename__ = "control_mapping"
    __table_args__ = (Index(None, "system_id", "requirement"), Index(None, "control_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    control_id: Mapped[int] = mapped_column(ForeignKey(Control.id))
    requirement: Mapped[str] = mapped_column(String(30))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    end_reason: Mapped[str | None] = mapped_column(Text)
