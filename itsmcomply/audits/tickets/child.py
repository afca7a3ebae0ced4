"""The limited process that opens an export: `python -m itsmcomply.audits.tickets.child`, its request on standard input.

It writes the records as lines of JSON into a compressed file and says on standard output how far it is, then what it
found or why it refused. It knows no database and no network; memory and time are bounded before the file is touched.
"""

from __future__ import annotations

import gc
import gzip
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from itsmcomply.audits.tickets.linkage import Limits, check_all
from itsmcomply.audits.tickets.model import DateOrder, Kind, Options, Reading, Refused
from itsmcomply.audits.tickets.plain import line, of_outcomes, of_reading, of_ticket
from itsmcomply.audits.tickets.reading import read_file
from itsmcomply.wording import Sentence

MEMORY_BYTES = 512 << 20
CPU_SECONDS = 150


def limit() -> None:
    """Bound memory and time where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read one file. Exit code 0 when it was understood, 1 when it was refused, 3 when memory ran out."""
    limit()
    gc.disable()  # records hold no circles, and looking for some among millions of objects takes a tenth of the time
    request = json.load(sys.stdin)
    try:
        reading = read_file(Path(request["path"]), options_of(request), lambda rows: _tell({"rows": rows}))
        _write(reading, Path(request["records"]))
        checks = of_outcomes(check_all(reading.tickets, reading.columns, Limits(**request.get("limits", {}))))
    except Refused as refusal:
        sentence = refusal.sentence
        told = {"template": sentence.template, "values": sentence.values} if isinstance(sentence, Sentence) else {}
        _tell({"refused": told, "row": refusal.row, "column": refusal.column})
        return 1
    except MemoryError:
        return 3
    _tell({"done": of_reading(reading) | {"checks": checks}})
    return 0


def options_of(request: Mapping[str, str]) -> Options:
    mapping = request.get("mapping")
    return Options(
        layout=request.get("layout", ""),
        mapping=mapping if isinstance(mapping, dict) else {},
        kind=Kind(request["kind"]) if request.get("kind") else None,
        dates=DateOrder(request["dates"]) if request.get("dates") else None,
    )


def _write(reading: Reading, path: Path) -> None:
    """No time of day goes into the file, so that the same records are the same bytes."""
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, mtime=0, filename="") as packed:
        part: list[str] = []
        for ticket in reading.tickets:
            part.append(line(of_ticket(ticket)))
            if len(part) == 2000:
                packed.write(("\n".join(part) + "\n").encode())
                part.clear()
        packed.write("".join(text + "\n" for text in part).encode())


def _tell(what: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
