"""`itsmcomply readiness`: the derived result of a system on a day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

import click
from flask import current_app
from flask_babel import force_locale
from sqlalchemy.orm import Session

from itsmcomply.console import DAY, Console, pass_console, require_system
from itsmcomply.readiness.access import derivation_of
from itsmcomply.readiness.drawings import index_text
from itsmcomply.readiness.engine import to_json
from itsmcomply.readiness.queries.gates import gate_view
from itsmcomply.readiness.queries.view import View, open_view
from itsmcomply.readiness.telling import tell
from itsmcomply.readiness.words import GATES, STATUSES
from itsmcomply.systems.queries import today_in
from itsmcomply.web.filters import percent

DISCLAIMER = (
    "Derived from evidence held on {day}; not an audit conclusion, nor a process assessment by ISO/IEC 33020.\n"
    "Catalogue {catalogue}, policy {policy}, model {model}."
)


@click.command("readiness")
@click.option("--system", "slug", required=True, metavar="SLUG", help="The management system.")
@click.option("--as-of", "day", type=DAY, help="The day to answer for; today by default, past or to come.")
@click.option("--model", metavar="KEY", help="Maturity model; the default one if not given.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@pass_console
def readiness(console: Console, slug: str, day: date | None, model: str | None, form: str) -> None:
    """Could the system be audited, what stands in the way, and which level has each process?"""
    with console.reading() as session:
        view = _view(session, console, slug, day, model)
        if form == "json":
            click.echo(json.dumps(to_json(view.result), ensure_ascii=False, indent=1))
        else:
            with force_locale("en_GB"):
                click.echo("\n".join(_lines(view)))


def _view(session: Session, console: Console, slug: str, day: date | None, model: str | None) -> View:
    system = require_system(session, slug)
    today = today_in(session, system.id, console.clock.now())
    snapshot = derivation_of(current_app).snapshot(session, system.id, today)
    return open_view(session, snapshot, day or today, model)


def _lines(view: View) -> Iterable[str]:
    result = view.result
    yield f"{result.system} on {result.as_of}: {STATUSES[result.status].lower()}"
    if result.forecast is not None:
        yield f"if what is current is renewed: {STATUSES[result.status_if_renewed].lower()}"
    yield f"coverage {percent(result.coverage)}, level {result.level}, index {index_text(result.index)}"
    for gate in result.gates:
        shown = gate_view(view, gate, shown=len(view.catalogue.requirements))
        yield f"\n{GATES[gate.key][0]}: {'open' if gate.passed else f'shut, {shown.blockers} blockers'}"
        for rule in shown.rules:
            yield f"  {'+' if rule.passed else '-'} {rule.text}: {rule.met} of {rule.total}"
            yield from (f"      {tell(need.name)}: {tell(need.reason)}" for need in rule.needs)
    yield "\nProcesses, level and index:"
    for process in result.processes.values():
        name = view.catalogue.processes[process.key].name
        yield f"  {process.level}  {index_text(process.index)}  {percent(process.coverage):>7}  {name}"
    named = {"catalogue": result.catalogue, "policy": result.policy, "model": result.model}
    known_on = min(view.day, view.today)
    yield "\n" + DISCLAIMER.format(day=known_on, **{name: one.digest[:12] for name, one in named.items()})
