"""What the bench measures, with the aims of the product beside each figure."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook

from tests.bench.audits import AUDIT
from tests.bench.client import Client, median_ms, once_ms
from tests.bench.data import MANAGER, PASSWORD, SLUG
from tests.bench.server import Server, serving

HOME = f"/s/{SLUG}"
PAGES = {
    "overview, unchanged": (f"{HOME}/", 15),
    "register, 50 rows": (f"{HOME}/evidence", 10),
    "register, filtered": (f"{HOME}/evidence?state=lapsed&process=incident", 15),
    "register, searched": (f"{HOME}/evidence?q=incident+12", 15),
    "evidence item": (f"{HOME}/evidence/EV-0142", 10),
    "clause tree": (f"{HOME}/clauses", 30),
    "clause": (f"{HOME}/clauses/8.6.1", 30),
    "process": (f"{HOME}/processes/incident", 30),
    "review queue": (f"{HOME}/review", 30),
    "my work": (f"{HOME}/my-work", 30),
    "controls": (f"{HOME}/controls", 30),
    "activity trail": (f"{HOME}/activity", 30),
    "audit of 248 rows": (f"{HOME}/audits/{AUDIT}", 50),
    "row of an audit of 248 rows": (f"{HOME}/audits/{AUDIT}/rows/8.6.1-c", 50),
}


@dataclass
class Figures:
    """Rows of the table: name, figure, unit, aim (None: no aim stated)."""

    rows: list[tuple[str, float, str, float | None]] = field(default_factory=list)

    def add(self, name: str, figure: float, unit: str, aim: float | None = None, *, at_least: bool = False) -> None:
        missed = aim is not None and (figure < aim if at_least else figure > aim)
        self.rows.append((name, figure, unit, aim))
        limit = "" if aim is None else f"{'at least' if at_least else 'aim'} {aim:g} {unit}"
        print(f"{name:44} {figure:10.1f} {unit:8} {limit}{'  MISSED' if missed else ''}", flush=True)

    def show(self, large: int, small: int) -> None:
        print(f"\n{len(self.rows)} figures at {large} items (growth from {small}) on {os.cpu_count()} processors.")


def signed_in(server: Server) -> Client:
    client = Client(server.port)
    client.sign_in(MANAGER, PASSWORD)
    return client


def start(figures: Figures, large: Path, small: Path) -> None:
    """Start-up, migration of an empty database, import of the package."""
    with serving(large) as server:
        figures.add("start-up until the first answer", server.started_in_s, "s", 3)
    imported = [sys.executable, "-c", "import itsmcomply.cli"]
    figures.add("import", _seconds(imported), "s", 1.0)
    with tempfile.TemporaryDirectory() as scratch:
        code = f"from itsmcomply.schema import upgrade; upgrade('sqlite:///{scratch}/e.sqlite3')"
        figures.add("migration of an empty database", _seconds([sys.executable, "-c", code]), "s", 2)


def _seconds(command: list[str], runs: int = 3) -> float:
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def pages(figures: Figures, large: Path, small: Path) -> None:
    """Every page at both sizes, the overview after a change and from cold, throughput, memory."""
    before = _page_medians(small)
    with serving(large) as server:
        client = signed_in(server)
        figures.add("overview, from cold", once_ms(client, f"{HOME}/"), "ms", 1500)
        for name, (path, aim) in PAGES.items():
            figures.add(name, median_ms(client, path), "ms", aim)
            figures.add(f"  growth of {name}", figures.rows[-1][1] / before[name], "times", 1.5)
        figures.add("overview, first look after a change", _after_a_change(client), "ms", 100)
        figures.add("register pages over 8 connections", _throughput(server), "per s", 100, at_least=True)
        figures.add("memory in use", server.memory_mib(), "MiB", 120)


def _page_medians(instance: Path) -> dict[str, float]:
    with serving(instance) as server:
        client = signed_in(server)
        return {name: median_ms(client, path) for name, (path, _) in PAGES.items()}


def _after_a_change(client: Client) -> float:
    times = []
    for number in range(5):
        _file_one(client, b"%PDF-1.4\n" + str((number, time.time_ns())).encode())
        times.append(once_ms(client, f"{HOME}/"))
    return statistics.median(times)


def _file_one(client: Client, content: bytes) -> None:
    """Upload one file and file it under an artefact, as a process owner would."""
    token = client.token(f"{HOME}/my-work")
    answer = client.upload(f"{HOME}/uploads?name=bench.pdf", content, len(content), token)
    form = {
        "csrf_token": token,
        "kind": "file",
        "token": str(answer["token"]),
        "f0-keep": "y",
        "f0-artefact": "SMS scope statement",
        "f0-title": "Scope",
        "f0-effective_on": time.strftime("%Y-%m-%d"),
        "f0-owner": "0",
        "f0-confidentiality": "internal",
    }
    status, text = client.post(f"{HOME}/evidence/new", form)
    if status not in (302, 303):
        raise RuntimeError(f"filing answered {status}: {text[-3000:]!r}")


def _throughput(server: Server, seconds: float = 5.0) -> float:
    done: list[int] = []
    until = time.perf_counter() + seconds

    def work() -> None:
        client, number = signed_in(server), 0
        while time.perf_counter() < until:
            client.get(f"{HOME}/evidence")
            number += 1
        done.append(number)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


def uploads(figures: Figures, large: Path, small: Path) -> None:
    """Durable uploads: time of 1 and 20 MiB, memory for 1 GiB, and what a trickling upload does to others."""
    with serving(large, ITSMCOMPLY_UPLOAD_LIMIT_MIB="2048") as server:
        client = signed_in(server)
        token = client.token(f"{HOME}/my-work")
        for mib, aim in ((1, 25), (20, 80)):
            figures.add(f"upload of {mib} MiB", _upload_ms(client, token, mib), "ms", aim)
        idle = server.memory_mib()
        server.reset_peak()
        started = time.perf_counter()
        client.upload(f"{HOME}/uploads?name=large.bin", _pieces(1024), 1024 << 20, token)
        figures.add("upload of 1 GiB", time.perf_counter() - started, "s")
        figures.add("  memory over idle", server.peak_mib() - idle, "MiB", 64)
        figures.add("another save beside a trickling upload", _beside_a_trickle(server, token), "ms", 300)


def _pieces(mib: int) -> Iterator[bytes]:
    piece = os.urandom(1 << 20)
    for number in range(mib):
        yield number.to_bytes(8, "big") + piece[8:]


def _upload_ms(client: Client, token: str, mib: int) -> float:
    times = []
    for _ in range(7):
        content = os.urandom(mib << 20)
        started = time.perf_counter()
        client.upload(f"{HOME}/uploads?name=bench.bin", content, len(content), token)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def _beside_a_trickle(server: Server, token: str, seconds: int = 30) -> float:
    slow = signed_in(server)
    slow_token = slow.token(f"{HOME}/my-work")

    def trickle() -> Iterator[bytes]:
        for _ in range(seconds * 10):
            time.sleep(0.1)
            yield b"x" * 1000

    upload = threading.Thread(
        target=slow.upload, args=(f"{HOME}/uploads?name=slow.bin", trickle(), seconds * 10_000, slow_token)
    )
    upload.start()
    client, worst = signed_in(server), 0.0
    page_token = client.token(f"{HOME}/my-work")
    while upload.is_alive():
        started = time.perf_counter()
        client.upload(f"{HOME}/uploads?name=quick.bin", os.urandom(2000), 2000, page_token)
        worst = max(worst, time.perf_counter() - started)
        time.sleep(0.5)
    upload.join()
    return worst * 1000


def exports(figures: Figures, large: Path, small: Path) -> None:
    """The workbook against openpyxl's write-only time for the same cells, and the Word report."""
    with tempfile.TemporaryDirectory() as scratch:
        book = Path(scratch) / "book.xlsx"
        taken = _export(large, "xlsx", book)
        figures.add("workbook with everything", taken, "s")
        figures.add("  over the write-only floor", taken / _floor(book), "times", 1.3)
        figures.add("Word report", _export(large, "docx", Path(scratch) / "report.docx"), "s", 2)


def _export(instance: Path, kind: str, out: Path) -> float:
    command = [sys.executable, "-m", "itsmcomply", "--instance", str(instance), "export", kind, "--system", SLUG]
    return _seconds([*command, "--out", str(out), "--as", MANAGER], runs=1)


def _floor(book: Path) -> float:
    """Seconds openpyxl needs to write the same cells, write-only and without any style."""
    from openpyxl import load_workbook

    sheets = [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook(book, read_only=True)]
    started = time.perf_counter()
    plain = Workbook(write_only=True)
    for rows in sheets:
        sheet = plain.create_sheet()
        for row in rows:
            sheet.append(row)
    plain.save(book.with_suffix(".floor.xlsx"))
    return time.perf_counter() - started
