"""The commands `catalog check` and `catalog export`: thin, over the pure functions of this folder."""

from __future__ import annotations

from pathlib import Path

import click

from itsmcomply.clauses.check import check_catalogue
from itsmcomply.clauses.export import catalogue_json
from itsmcomply.clauses.loader import load_catalogue, load_models, load_policy
from itsmcomply.clauses.problems import CatalogueError
from itsmcomply.datafiles import data_dir

FOLDER = click.argument("folder", required=False, type=click.Path(path_type=Path))


@click.group()
def catalog() -> None:
    """Check and export the catalogue of the standard."""


@catalog.command()
@FOLDER
def check(folder: Path | None) -> None:
    """Check the catalogue in FOLDER, or the one that came with the program.

    Prints one line per problem (file: key: what) and ends with 1; without problems it says what the catalogue holds.
    """
    place = folder or data_dir("clause_catalog")
    problems = check_catalogue(place)
    if problems:
        click.echo("\n".join(map(str, problems)))
        raise click.exceptions.Exit(1)
    catalogue = load_catalogue(place)
    click.echo(
        f"No problems: {len(catalogue.clauses)} clauses, {len(catalogue.requirements)} requirements, "
        f"{len(catalogue.artefacts)} artefacts, {len(catalogue.processes)} processes, {len(catalogue.kpis)} KPIs, "
        f"{len(catalogue.controls)} controls. Digest {catalogue.digest}"
    )


@catalog.command()
@FOLDER
@click.option("--format", "file_format", type=click.Choice(["json"]), default="json", show_default=True)
def export(folder: Path | None, file_format: str) -> None:  # noqa: ARG001 - one format so far; named for what is to come
    """Print the catalogue, policy and maturity models in force, with their digests."""
    place = folder or data_dir("clause_catalog")
    try:
        text = catalogue_json(load_catalogue(place), load_policy(place), load_models(place))
    except CatalogueError as error:
        click.echo("\n".join(map(str, error.problems)), err=True)
        raise click.exceptions.Exit(1) from error
    click.echo(text)
