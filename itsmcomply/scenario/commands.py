"""`itsmcomply scenario`: check and load scenario files from the shell."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from flask import Flask

from itsmcomply.clauses.loader import load_catalogue
from itsmcomply.console import Console, pass_console, require_system
from itsmcomply.datafiles import data_dir
from itsmcomply.db import db, end_read
from itsmcomply.demo.loading import load_into
from itsmcomply.readiness.access import derivation_of
from itsmcomply.readiness.results import Result
from itsmcomply.scenario.expecting import differences
from itsmcomply.scenario.parser import read_scenario
from itsmcomply.systems.queries import today_in
from itsmcomply.web.resources import resources_of


@click.group()
def scenario() -> None:
    """Scenario files: a management system with its history, for demonstrations and trials."""


@scenario.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--check", is_flag=True, help="Only read the file and name what is wrong.")
@pass_console
def load(console: Console, path: Path, check: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Load the scenario PATH (a file, or a folder with scenario.yaml) into a demonstration or trial."""
    if check:
        found = read_scenario(path, load_catalogue(data_dir("clause_catalog")), console.clock.now())
        click.echo(f"{path} is in order: {len(found.steps)} steps.")
        return
    app = console.app()
    with app.app_context():
        found = read_scenario(path, resources_of(app).catalogue, console.clock.now())
        with click.progressbar(length=len(found.steps), label="Loading", file=sys.stderr) as bar:

            def show(done: int, _total: int) -> None:
                bar.update(done - bar.pos)

            loaded = load_into(app, found, show)
        unlike = [line for one in found.expects for line in differences(one, _result(app, one.system, found.loaded_at))]
    click.echo(f"{', '.join(loaded.systems)}: {loaded.items} evidence items in {loaded.steps} steps.")
    for line in unlike:
        click.echo(f"Not as the file says: {line}.", err=True)
    if unlike:
        sys.exit(1)


def _result(app: Flask, slug: str, at: datetime) -> Result:
    """What readiness says of a system on the day of loading."""
    session = db.session()
    system = require_system(session, slug)
    today = today_in(session, system.id, at)
    result = derivation_of(app).snapshot(session, system.id, today).result(today)
    end_read()
    return result
