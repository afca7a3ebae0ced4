"""Have an export read in a limited child process, watch it, and end it. Knows no request and no table."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from itsmcomply.audits.tickets.linkage import Limits
from itsmcomply.audits.tickets.model import Options, Refused, refused
from itsmcomply.wording import N_, Sentence

MODULE = "itsmcomply.audits.tickets.child"
SECONDS = 300
OUT_OF_MEMORY = 3
"""The exit code of the child when it may take no more memory."""
_TOO_MUCH = N_("The file needs more memory than reading a table may take. Export a shorter period, or save it as CSV.")
_TOO_LONG = N_("The file takes longer to read than a table may take. Export a shorter period, or save it as CSV.")


@dataclass(frozen=True, slots=True)
class Understood:
    """`summary` as of `plain.of_reading`, with the checks; `records` is the file of the records."""

    summary: dict[str, object]
    records: Path


class Cancelled(Exception):
    """Somebody no longer wants the result."""


def read_limited(
    path: Path,
    records: Path,
    options: Options,
    *,
    progress: Callable[[int], bool] | None = None,
    limits: Limits | None = None,
) -> Understood:
    """Read `path` in a child and leave its records in `records`.

    `progress` hears the rows read so far and answers whether to go on. Raises Refused, and Cancelled when it says no.
    RuntimeError: the child failed in a way nobody foresaw, with what it complained about.
    """
    with tempfile.TemporaryFile("w+", errors="replace") as complaints:
        child = subprocess.Popen([sys.executable, "-m", MODULE], stdin=-1, stdout=-1, stderr=complaints, text=True)
        timer = Timer(SECONDS, child.kill)
        timer.start()
        try:
            _ask(child, _request(path, records, options, limits))
            last = _listen(child, progress)
            code = child.wait()
        finally:
            timer.cancel()
            child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()
        if code > 0 and code != OUT_OF_MEMORY and "refused" not in last:
            complaints.seek(0)
            raise RuntimeError(f"The process that reads exports ended with {code}: {complaints.read(4000)}")
    return _outcome(code, last, records)


def _request(path: Path, records: Path, options: Options, limits: Limits | None) -> dict[str, object]:
    request: dict[str, object] = {"path": str(path), "records": str(records), "mapping": dict(options.mapping)}
    request |= {"layout": options.layout, "kind": options.kind or "", "dates": options.dates or ""}
    if limits:
        request["limits"] = {"recurring": limits.recurring, "days": limits.days, "reopened": limits.reopened}
    return request


def _ask(child: subprocess.Popen[str], request: dict[str, object]) -> None:
    if child.stdin:
        try:
            with child.stdin:
                json.dump(request, child.stdin)
        except BrokenPipeError:
            return  # it ended at once; its exit code says why


def _listen(child: subprocess.Popen[str], progress: Callable[[int], bool] | None) -> dict[str, object]:
    last: dict[str, object] = {}
    for text in child.stdout or ():
        try:
            last = json.loads(text)
        except ValueError:
            continue  # cut off by the end of the process
        rows = last.get("rows")
        if isinstance(rows, int) and progress and not progress(rows):
            raise Cancelled
    return last


def _outcome(code: int, last: dict[str, object], records: Path) -> Understood:
    done, refusal = last.get("done"), last.get("refused")
    if code == 0 and isinstance(done, dict):
        return Understood(done, records)
    if code == 1 and isinstance(refusal, dict) and refusal:
        sentence = Sentence(refusal["template"], refusal["values"])
        row, column = last.get("row"), last.get("column")
        raise Refused(sentence, row if isinstance(row, int) else 0, str(column or ""))
    raise refused(_TOO_MUCH if code == OUT_OF_MEMORY else _TOO_LONG)


def read_with_records(path: Path, options: Options) -> tuple[dict[str, object], list[dict[str, object]]]:
    """The summary and all records as plain values, for the shell."""
    with tempfile.TemporaryDirectory() as folder:
        found = read_limited(path, Path(folder) / "records", options)
        return found.summary, list(plain_records(found.records))


def plain_records(records: Path) -> Iterator[dict[str, object]]:
    """The records of a file, in its order."""
    with gzip.open(records, "rt", encoding="utf-8") as file:
        for text in file:
            yield json.loads(text)
