"""Make one export file: build the pack in one consistent read, write the format asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from itsmcomply.readiness.cache import Rules
from itsmcomply.reports.build import Order, build
from itsmcomply.reports.model import Progress
from itsmcomply.reports.rules import ExportKind


@dataclass(frozen=True, slots=True)
class Target:
    """Which file to write, and where."""

    kind: ExportKind
    path: Path


def make_file(session: Session, rules: Rules, order: Order, target: Target, progress: Progress) -> None:
    """Write the workbook or report of a system and day.

    Raises what `build` raises. Holds one read transaction: all of it is the state of one moment.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    pack, register = build(session, rules, order)
    match target.kind:
        case ExportKind.WORKBOOK:
            from itsmcomply.reports.to_xlsx import write_workbook

            write_workbook(pack, register, target.path, progress)
        case ExportKind.REPORT:
            from itsmcomply.reports.to_docx import write_report

            write_report(pack, target.path, progress)
