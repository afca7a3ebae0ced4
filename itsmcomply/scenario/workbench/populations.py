"""Populations of an audit: exports read while the file is parsed, so that what names records can be checked. Pure.

Exports are read in the limited child that reads uploaded ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from gzip import decompress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from itsmcomply.audits.tickets.limited import read_limited
from itsmcomply.audits.tickets.model import FIELDS, Options
from itsmcomply.errors import InvalidInput
from itsmcomply.scenario.exports import export_bytes
from itsmcomply.scenario.place import Place
from itsmcomply.scenario.workbench.model import Exceptional, ReadExport
from itsmcomply.scenario.workbench.sampling_schema import Population

Record = dict[str, object]
NOTHING = ReadExport("", b"", b"", {}, {})


@dataclass(frozen=True, slots=True)
class Known:
    """A population that stands in the file, with its records by number."""

    id: str
    audit: str
    read: ReadExport
    records: Sequence[Record] = ()
    numbers: frozenset[str] = field(default=frozenset())

    def exceptional(self, check: str, record: str, remark: str, at: Place) -> Exceptional:
        """The exception of a check that names this record; a problem where there is none."""
        checks: Any = self.read.summary.get("checks", [])
        for one in checks:
            for found in one["exceptions"] if one["check"] == check else ():
                if record in found["numbers"]:
                    return Exceptional(self.id, tuple(found["numbers"]), remark or found["detail"])
        at.at("record").refuse(f"{check} finds nothing about {record} in {self.id}")
        return Exceptional(self.id, (record,), remark)


def known_population(population: Population, audit: str, at: Place) -> Known:
    """Read the export of a population; what is wrong with it is noted at its place."""
    if (population.file is None) == (population.export is None):
        at.refuse("holds either a file, or an export to make up")
        return Known(population.id, audit, NOTHING)
    for name in population.mapping:
        at.at("mapping", name).known(name, FIELDS, "a field of a record")
    name, content = _content(population, at)
    if not content:
        return Known(population.id, audit, NOTHING)
    try:
        read = _read(name, content, population.mapping)
    except InvalidInput as refused:
        at.refuse(f"{name} cannot be read: {next(iter(refused.errors.values()))}")
        return Known(population.id, audit, NOTHING)
    records = records_of(read)
    return Known(population.id, audit, read, records, frozenset(str(one["number"]) for one in records))


def records_of(read: ReadExport) -> list[Record]:
    """The records of an export, in its order."""
    return [json.loads(line) for line in decompress(read.records).decode().split("\n") if line]


def _content(population: Population, at: Place) -> tuple[str, bytes]:
    if population.export is not None:
        span = at.at("export", "period").period(population.export.period)
        return population.export.name, export_bytes(population.export, span, f"{at.system.slug}|{population.id}")
    path = at.at("file").file(population.file or "")
    return path.name, path.read_bytes() if path.is_file() else b""


def _read(name: str, content: bytes, mapping: Mapping[str, str]) -> ReadExport:
    with TemporaryDirectory() as folder:
        path, records = Path(folder) / "export", Path(folder) / "records"
        path.write_bytes(content)
        found = read_limited(path, records, Options(mapping=mapping))
        return ReadExport(name, content, records.read_bytes(), found.summary, mapping)
