"""A2: the server is killed at each step of an upload. A3: every byte is flushed, in order, before 201 goes out."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from itsmcomply.db import db
from itsmcomply.evidence.models import Upload
from itsmcomply.installation import prepare
from tests.bench.client import Client
from tests.bench.data import MANAGER, PASSWORD, SLUG, fill
from tests.bench.server import Server, serving
from tests.reliability.test_kill import _nothing_is_lost

pytestmark = pytest.mark.slow
ADDRESS = f"/s/{SLUG}/uploads?name=step.bin"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("steps") / "instance"
    app = prepare(path, None, {})
    fill(app, 5)
    with app.app_context():
        db.engine.dispose()
    return path


def uploads(instance: Path) -> int:
    engine = create_engine(f"sqlite:///{instance / 'itsmcomply.sqlite3'}")
    with Session(engine) as session:
        found = session.scalar(select(func.count()).select_from(Upload)) or 0
    engine.dispose()
    return found


def signed_in(server: Server) -> tuple[Client, str]:
    client = Client(server.port)
    client.sign_in(MANAGER, PASSWORD)
    return client, client.token(f"/s/{SLUG}/my-work")


@pytest.mark.parametrize("step", [f"f{number}" for number in range(1, 11)])
def test_a_kill_at_any_step_leaves_the_old_or_the_new_state(instance: Path, step: str) -> None:
    before, acked = uploads(instance), []
    with serving(instance, ITSMCOMPLY_FAILPOINT=step, ITSMCOMPLY_FREE_SPACE_FLOOR_MIB="0") as server:
        client, token = signed_in(server)
        with suppress(OSError, HTTPException):  # the server dies while it answers
            acked.append(client.upload(ADDRESS, f"bytes of {step}".encode(), len(f"bytes of {step}"), token))
        client.connection.close()

    assert acked == []
    assert uploads(instance) - before == (1 if step in {"f9", "f10"} else 0)
    _nothing_is_lost(instance, [])


def test_after_all_these_kills_an_upload_is_answered(instance: Path) -> None:
    with serving(instance, ITSMCOMPLY_FREE_SPACE_FLOOR_MIB="0") as server:
        client, token = signed_in(server)
        answer = client.upload(ADDRESS, b"bytes of f5", 11, token)
        client.connection.close()

    _nothing_is_lost(instance, [str(answer["sha256"])])


@contextmanager
def traced(pid: int, trace: Path) -> Iterator[None]:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed (Debian: apt-get install strace)")
    calls = "trace=fsync,fdatasync,rename,sendto,sendmsg,write"
    with subprocess.Popen(
        [strace, "-f", "-y", "-e", calls, "-p", str(pid), "-o", str(trace)], stderr=subprocess.PIPE
    ) as process:
        while not _is_traced(pid):  # strace itself says nothing once it has attached
            time.sleep(0.05)
        yield
        process.send_signal(signal.SIGINT)
        process.wait(10)


def _is_traced(pid: int) -> bool:
    threads = Path(f"/proc/{pid}/task").iterdir()
    return all("TracerPid:\t0\n" not in (thread / "status").read_text() for thread in threads)


def test_bytes_folder_and_rows_are_flushed_before_the_answer(instance: Path, tmp_path: Path) -> None:
    """fsync(file), rename, fsync(folder), fsync of the write-ahead log, then 201; five uploads."""
    with serving(instance, ITSMCOMPLY_FREE_SPACE_FLOOR_MIB="0") as server:
        client, token = signed_in(server)
        with traced(server.pid, tmp_path / "trace"):
            answers = [client.upload(ADDRESS, f"order {n}".encode(), 7, token) for n in range(5)]
        client.connection.close()

    calls = (tmp_path / "trace").read_text(errors="replace").splitlines()
    for answer in answers:
        places = order_of(calls, str(answer["sha256"]))
        assert places == sorted(places)


def order_of(calls: list[str], digest: str) -> list[int]:
    """Places of: fsync(file), rename, fsync(folder), the next flush of the log, the next answer 201."""
    renamed = next(n for n, call in enumerate(calls) if "rename(" in call and digest in call)
    temporary = re.search(r"tmp/(\w+)", calls[renamed])
    assert temporary is not None

    def first(pattern: str, start: int) -> int:
        return next(n for n in range(start, len(calls)) if re.search(pattern, calls[n]))

    flushed = first(rf"fsync\(\d+<[^>]*{temporary[1]}", 0)
    folder = first(rf"fsync\(\d+<[^>]*/{digest[:2]}/{digest[2:4]}>", renamed)
    answered = first(r"HTTP/1\.[01] 201", renamed)
    log = first(r"f(data)?sync\(\d+<[^>]*-wal>", folder)
    return [flushed, renamed, folder, log, answered]
