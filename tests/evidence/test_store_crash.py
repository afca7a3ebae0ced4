"""What a killed process leaves behind, and that every byte is flushed in the right order before an answer goes out."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from itsmcomply.evidence.store import BlobState, LocalStore

UPLOAD = """
import hashlib, io, sys
from pathlib import Path
from itsmcomply.evidence.store import LocalStore
store = LocalStore(Path(sys.argv[1]), free_space_floor=0)
for number in range(int(sys.argv[2])):
    content = hashlib.sha512(str(number).encode()).digest() * 40_000
    stored = store.put(io.BytesIO(content), limit=10**9, name="a.bin")
    print(stored.sha256, flush=True)
"""
TOO_LARGE = """
import io, sys
from pathlib import Path
from itsmcomply.evidence.store import LocalStore
LocalStore(Path(sys.argv[1]), free_space_floor=0).put(io.BytesIO(bytes(100)), limit=10, name="a.bin")
"""
CLEAR = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from itsmcomply.evidence.store import LocalStore
LocalStore(Path(sys.argv[1]), free_space_floor=0).clear_temporary(older_than=datetime.now(UTC))
"""


def run(script: str, *arguments: object, failpoint: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ITSMCOMPLY_FAILPOINT": failpoint}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("turn", [1, 3])
@pytest.mark.parametrize("step", ["f1", "f2", "f3", "f4", "f5", "f6", "f7"])
def test_a_kill_at_any_step_loses_no_acknowledged_blob_and_fakes_none(tmp_path: Path, step: str, turn: int) -> None:
    killed = run(UPLOAD, tmp_path, 5, failpoint=f"{step}:{turn}")
    acknowledged = killed.stdout.split()

    store = LocalStore(tmp_path, free_space_floor=0)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(acknowledged) == turn - 1
    assert all(store.check(digest) is BlobState.SOUND for digest in acknowledged)
    assert all(store.check(digest) is BlobState.SOUND for digest in store.digests())
    unfinished = store.clear_temporary(older_than=datetime.now(UTC))
    assert unfinished == (1 if step in {"f2", "f3", "f4", "f5"} else 0)


def test_after_a_kill_the_same_upload_succeeds(tmp_path: Path) -> None:
    run(UPLOAD, tmp_path, 1, failpoint="f6")

    again = run(UPLOAD, tmp_path, 1)

    store = LocalStore(tmp_path, free_space_floor=0)
    assert again.returncode == 0
    assert list(store.digests()) == again.stdout.split()


def test_a_kill_while_an_upload_is_refused_leaves_no_bytes(tmp_path: Path) -> None:
    killed = run(TOO_LARGE, tmp_path, failpoint="f11")

    assert killed.returncode == -signal.SIGKILL
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_kill_while_clearing_is_made_good_by_the_next_start(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, free_space_floor=0)
    for name in ("one", "two"):
        (tmp_path / "tmp" / name).touch()

    killed = run(CLEAR, tmp_path, failpoint="f12")

    assert killed.returncode == -signal.SIGKILL
    assert store.clear_temporary(older_than=datetime.now(UTC)) == 1


def test_without_the_variable_no_step_does_anything(tmp_path: Path) -> None:
    assert run(UPLOAD, tmp_path, 1, failpoint="f99").returncode == 0


CALL = re.compile(r"^\d+\s+(?P<name>\w+)\((?P<rest>.*)$")


def test_file_and_folders_are_flushed_before_an_answer(tmp_path: Path) -> None:
    """Order on disk: fsync(file), rename, fsync(folder), then the line on stdout; 5 uploads, each into a new folder."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed (Debian: apt-get install strace)")
    trace = tmp_path / "trace"
    command = [strace, "-f", "-y", "-e", "trace=fsync,rename,write", "-o", str(trace), sys.executable, "-c", UPLOAD]

    ran = subprocess.run([*command, str(tmp_path / "evidence"), "5"], capture_output=True, text=True, check=True)

    calls = [line for line in trace.read_text().splitlines() if "/evidence" in line or "write(1<" in line]
    for digest in ran.stdout.split():
        flushed, renamed, folder_flushed, answered = positions(calls, digest)
        assert flushed < renamed < folder_flushed < answered
        for parent in (f"evidence/{digest[:2]}", "evidence"):
            made_known = [n for n, call in enumerate(calls) if re.search(rf"fsync\(\d+<[^>]*{parent}>", call)]
            assert any(n < answered for n in made_known)


def positions(calls: list[str], digest: str) -> tuple[int, int, int, int]:
    """Places of fsync(file), rename, fsync(folder) and the answer for one digest."""
    renamed = next(n for n, call in enumerate(calls) if "rename(" in call and digest in call)
    temporary = re.search(r'rename\("[^"]*/(tmp/\w+)"', calls[renamed])
    assert temporary is not None
    flushed = next(n for n, call in enumerate(calls) if "fsync(" in call and temporary[1] in call)
    folder = f"/{digest[:2]}/{digest[2:4]}>"
    folder_flushed = next(n for n, call in enumerate(calls[renamed:], renamed) if "fsync(" in call and folder in call)
    answered = next(n for n, call in enumerate(calls) if "write(1<" in call and digest[:20] in call)
    return flushed, renamed, folder_flushed, answered


def test_the_digest_is_that_of_the_bytes_on_disk(tmp_path: Path) -> None:
    digest = run(UPLOAD, tmp_path, 1).stdout.strip()

    path = tmp_path / digest[:2] / digest[2:4] / digest

    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
