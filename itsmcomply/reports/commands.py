"""`itsmcomply export`: the workbook and the report from the shell, written straight to a file."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from itsmcomply.console import DAY, Console, pass_console, progress_bar, require_system
from itsmcomply.db import db, end_read, transaction
from itsmcomply.errors import InvalidInput, NotPermitted
from itsmcomply.permissions import SYSTEM_ACTOR, Actor, Permission
from itsmcomply.reports import files
from itsmcomply.reports.build import Order
from itsmcomply.reports.making import Target, make_file
from itsmcomply.reports.operations import record_written
from itsmcomply.reports.rules import ExportKind
from itsmcomply.systems.queries import today_in
from itsmcomply.worker import load_rules


@click.command("export")
@click.argument("kind", type=click.Choice([kind.value for kind in ExportKind]))
@click.option("--system", "slug", required=True, metavar="SLUG", help="Which management system.")
@click.option("--as-of", "day", type=DAY, help="The day to export; today without it.")
@click.option("--model", metavar="KEY", help="Maturity model; the default one without it.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--as", "acting", metavar="EMAIL", help="Who acts; the installation itself without it.")
@pass_console
def export(
    console: Console, *, kind: str, slug: str, day: date | None, model: str | None, out: Path, acting: str | None
) -> None:
    """Write the workbook (xlsx) or the report (docx) of a management system. Prints the SHA-256 of the file."""
    with console.worker().app_context():
        order, actor = _order(console, slug, day, model, acting)
        digest = _write(order, Target(ExportKind(kind), out))
        written: dict[str, object] = {"kind": kind, "as_of": order.day, "sha256": digest, "size": out.stat().st_size}
        with transaction() as session:
            record_written(session, actor, console.clock, system_id=order.system_id, written=written)
    click.echo(f"{digest}  {out}")


def _order(console: Console, slug: str, day: date | None, model: str | None, acting: str | None) -> tuple[Order, Actor]:
    session = db.session()
    system = require_system(session, slug)
    actor = console.actor(session, acting) if acting else SYSTEM_ACTOR
    if acting and not actor.may(Permission.EXPORT, system.id):
        raise NotPermitted(f"The roles of {actor.email} do not allow exports.")
    today = today_in(session, system.id, console.clock.now())
    order = Order(system.id, day or today, today, model)
    end_read()  # the file is one read of its own
    return order, actor


def _write(order: Order, target: Target) -> str:
    """Write beside the target first, so that a file of that name is always whole; gives its SHA-256."""
    aside = target.path.with_name(f".{target.path.name}.{os.getpid()}")
    try:
        with progress_bar(target.path.name) as progress:
            make_file(db.session(), load_rules(), order, Target(target.kind, aside), progress)
        aside.replace(target.path)
    except OSError as error:
        raise InvalidInput({"out": f"{target.path} cannot be written: {error.strerror}."}) from error
    finally:
        aside.unlink(missing_ok=True)
        end_read()
    return files.digest_of(target.path)
