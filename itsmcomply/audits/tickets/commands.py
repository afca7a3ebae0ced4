"""`itsmcomply tickets`: read an export, or draw a sample from it, without a database."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import click

from itsmcomply.audits.sampling.drawing import ALGORITHM, Method, Unit, draw
from itsmcomply.audits.tickets.layouts import LAYOUTS, read_mapping
from itsmcomply.audits.tickets.limited import read_with_records
from itsmcomply.audits.tickets.model import FIELDS, DateOrder, Kind, Options
from itsmcomply.console import Commands
from itsmcomply.errors import InvalidInput

_ALIASES = {"assignment_group": "group", "opened": "month", "opened_at": "month", "assigned_to": "assignee"}
_FORMATS = click.Choice(["json", "text"])
_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_LAYOUT = click.option("--layout", metavar="L", help="servicenow, jira, glpi, or a mapping file (YAML or JSON).")
_KIND = click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="What the records are.")
_DATES = click.option("--dates", type=click.Choice(["day-first", "month-first"]), help="How 03/04 is read.")
_FORMAT = click.option("--format", "shape", type=_FORMATS, default="text", help="json, or a few lines of text.")


@click.group(cls=Commands)
def tickets() -> None:
    """Read exports of an ITSM tool and draw samples from them. Needs no instance."""


@tickets.command("read")
@_FILE
@_LAYOUT
@_KIND
@_DATES
@_FORMAT
def read_command(file: Path, layout: str | None, kind: str | None, dates: str | None, shape: str) -> None:
    """Say what was understood of FILE: records, rows folded into them, rows skipped and why, links that break."""
    summary, records = read_with_records(file, _options(layout, kind, dates))
    if shape == "json":
        _print_json({"file": file.name, "sha256": _sha256(file), **summary, "records": records})
        return
    click.echo(f"{summary['understood']} records in {summary['rows']} rows of {file.name}, layout {summary['layout']}.")
    click.echo(f"{summary['folded']} rows folded, {summary['skipped_rows']} skipped.")
    skipped, notes, checks = summary["skipped"], summary["notes"], summary["checks"]
    for place in skipped if isinstance(skipped, list) else ():
        click.echo(f"  row {place['row']}{', ' + place['column'] if place['column'] else ''}: {place['reason']}")
    for note in notes if isinstance(notes, list) else ():
        click.echo(f"  {note}")
    for check in checks if isinstance(checks, list) else ():
        tested = "cannot be told from this export" if check["tested"] is None else f"{check['found']} exceptions"
        click.echo(f"  {check['check']}: {tested}")


@tickets.command("sample")
@_FILE
@click.option("--size", required=True, type=click.IntRange(min=1), help="How many records.")
@click.option("--method", type=click.Choice([method.value for method in Method]), default="random", show_default=True)
@click.option("--by", metavar="COLUMN", help="What strata are made of: priority, month, group, or a heading.")
@click.option("--seed", required=True, metavar="S", help="Any text; the same seed draws the same sample.")
@_LAYOUT
@_KIND
@_DATES
@_FORMAT
def sample_command(
    *,
    file: Path,
    size: int,
    method: str,
    by: str | None,
    seed: str,
    layout: str | None,
    kind: str | None,
    dates: str | None,
    shape: str,
) -> None:
    """Draw a sample from FILE that anybody can draw again with the same seed."""
    if method == Method.STRATIFIED and not by:
        raise InvalidInput({"by": "Say what strata are made of: --by priority, month or group."})
    summary, records = read_with_records(file, _options(layout, kind, dates))
    name = field_of(by, summary) if by else ""
    units = [Unit(str(record["number"]), stratum_of(record, name)) for record in records]
    drawn = draw(units, size=size, method=Method(method), seed=seed)
    chosen = {unit.number: unit for unit in drawn.units}
    known = {str(record["number"]): record for record in records if record["number"] in chosen}
    result = {
        "file": file.name,
        "sha256": _sha256(file),
        "population": len({unit.number for unit in units}),
        "method": method,
        "by": name or None,
        "size": len(drawn.units),
        "asked": size,
        "seed": seed,
        "algorithm": ALGORITHM,
        "strata": [{"name": s.name, "population": s.population, "sample": s.sample} for s in drawn.strata],
        "sample": [unit.number for unit in drawn.units],
        "records": [known[unit.number] for unit in drawn.units],
    }
    if shape == "json":
        _print_json(result)
    else:
        click.echo("\n".join(unit.number for unit in drawn.units))


def _options(layout: str | None, kind: str | None, dates: str | None) -> Options:
    told = (layout or "").strip()
    known = told.lower() if told.lower() in LAYOUTS else ""
    if told and not known and not Path(told).is_file():
        known_names = ", ".join(LAYOUTS)
        raise InvalidInput({"layout": f"{told} is neither a layout ({known_names}) nor a mapping file."})
    return Options(
        layout=known,
        mapping=read_mapping(Path(told)) if told and not known else {},
        kind=Kind(kind) if kind else None,
        dates=DateOrder(dates) if dates else None,
    )


def field_of(by: str, summary: dict[str, object]) -> str:
    """The field that strata are made of: a field's own name, "month", or the heading it was read from."""
    columns = summary["columns"]
    headings = {str(h).strip().lower(): f for f, h in columns.items()} if isinstance(columns, dict) else {}
    wanted = by.strip().lower()
    found = _ALIASES.get(wanted) or (wanted if wanted in (*FIELDS, "month") else "") or headings.get(wanted, "")
    there = set(headings.values()) | ({"month"} if "opened_at" in headings.values() else set())
    if found not in {"opened_at", *there} or found == "number":
        known = ", ".join(["month", *sorted(set(headings.values()) - {"number"})])
        raise InvalidInput({"by": f"There is no column {by} to make strata of. Known are: {known}."})
    return "month" if found == "opened_at" else found


def stratum_of(record: dict[str, object], name: str) -> str:
    """The stratum of a record; "" is unknown."""
    if not name:
        return ""
    value = str(record["opened_at"] or "")[:7] if name == "month" else record[name]
    return "" if value is None else str(value)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
