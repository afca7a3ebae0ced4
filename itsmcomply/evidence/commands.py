"""`itsmcomply evidence add`: file evidence from the shell, by the same rules as on the pages."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click
from flask import Flask

from itsmcomply.clauses.suggest import Suggester
from itsmcomply.console import DAY, Console, pass_console, require_system
from itsmcomply.db import transaction
from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.operations.desk import open_desk
from itsmcomply.evidence.operations.filing import file_evidence
from itsmcomply.evidence.operations.receiving import receive_bytes
from itsmcomply.evidence.sniff import detect
from itsmcomply.evidence.store import Stored
from itsmcomply.settings import Settings
from itsmcomply.web.resources import Resources, resources_of


@click.group()
def evidence() -> None:
    """Evidence: add files."""


@evidence.command("add")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--system", "slug", required=True, help="Short name of the management system.")
@click.option("--as", "acting", metavar="EMAIL", required=True, help="Who files it; somebody else reviews it.")
@click.option("--artefact", help="Key of the artefact; without it each file needs a clear suggestion by its name.")
@click.option("--title", help="Title; the artefact's name without it.")
@click.option("--effective-on", type=DAY, help="Day a document took effect (default: today).")
@click.option("--period-from", type=DAY, help="First day of a record's period.")
@click.option("--period-to", type=DAY, help="Last day of a record's period.")
@pass_console
def add(  # noqa: PLR0917 - click passes one argument per option
    console: Console,
    files: tuple[Path, ...],
    slug: str,
    acting: str,
    artefact: str | None,
    title: str | None,
    effective_on: date | None,
    period_from: date | None,
    period_to: date | None,
) -> None:
    """File each of FILES and print its number, file name and SHA-256, separated by tabs."""
    filer = _Filer(console.app(), console, slug, acting)
    stated = Filing(VersionKind.FILE, title or "", effective_on or period_to, period_from, period_to)
    chosen = [artefact or filer.suggested(path) for path in files]
    for key in chosen:
        filer.require_artefact(key)
    with (
        filer.app.app_context(),
        click.progressbar(length=len(files), label="Filing", file=sys.stderr) as bar,
    ):
        lines = []
        for path, key in zip(files, chosen, strict=True):
            lines.append(filer.file(path, key, stated))
            bar.update(1)
    click.echo("\n".join(lines))


@dataclass(frozen=True, slots=True)
class _Filer:
    """Files one path after the other for one person in one system."""

    app: Flask
    console: Console
    slug: str
    acting: str

    @property
    def found(self) -> Resources:
        return resources_of(self.app)

    def require_artefact(self, key: str) -> None:
        if key not in self.found.catalogue.artefacts:
            raise InvalidInput({"artefact": f"There is no artefact {key}. `itsmcomply catalog export` lists them."})

    def suggested(self, path: Path) -> str:
        suggestions = Suggester(self.found.catalogue.artefacts).suggest(path.name)
        if not suggestions:
            raise InvalidInput({path.name: "The name does not say what it is. Name the artefact with --artefact."})
        return suggestions[0].artefact

    def store(self, path: Path) -> Stored:
        settings: Settings = self.app.extensions["itsmcomply.settings"]
        limit, size = settings.upload_limit_bytes, path.stat().st_size
        with path.open("rb") as stream:
            return self.found.store.put(stream, limit=limit, name=path.name, announced=size)

    def file(self, path: Path, key: str, stated: Filing) -> str:
        """Bytes first, then the row, as everywhere."""
        stored = self.store(path)
        with transaction() as session:
            actor = self.console.actor(session, self.acting)
            system = require_system(session, self.slug)
            catalogue, policy = self.found.catalogue, self.found.policy
            desk = open_desk(
                session, actor, self.console.clock, catalogue=catalogue, policy=policy, system_id=system.id
            )
            kind = detect(stored.head, path.name).key
            received = receive_bytes(desk, stored=stored, file_name=path.name, detected_type=kind)
            title, day = stated.title or catalogue.artefacts[key].name, stated.effective_on or desk.today
            filing = replace(stated, title=title, effective_on=day)
            filed = file_evidence(desk, artefact=key, filing=filing, upload=received.upload)
            return f"{filed.item.key}\t{path.name}\t{stored.sha256}"
