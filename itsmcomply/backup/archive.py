"""Backups on disk. A folder holds them side by side, each named for its moment, and the files they share, by digest.

A backup is whole once its manifest stands in it: that is written last and renamed into place.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from itsmcomply.backup.rules import (
    FACTS,
    FILES,
    MANIFEST,
    BackupRefused,
    Facts,
    facts_text,
    manifest_text,
    read_facts,
    read_manifest,
    stored_digests,
    stored_name,
)
from itsmcomply.evidence.failpoints import reach

_RUN = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?")


@dataclass(frozen=True, slots=True)
class Whole:
    """A backup whose manifest stands. `digest` is that of the manifest: it names every byte of the backup."""

    folder: Path
    digests: dict[str, str]
    digest: str
    facts: Facts

    @property
    def name(self) -> str:
        return self.folder.name

    def files(self) -> list[str]:
        """Digests of the stored bytes it names, ascending."""
        return stored_digests(self.digests)

    def path(self, name: str) -> Path:
        """A file of the backup whose bytes are still those of the manifest. Raises BackupRefused."""
        path = self.folder / name
        if name not in self.digests or not path.is_file():
            raise BackupRefused(f"{path} is missing. Choose another backup.")
        if digest_of(path) != self.digests[name]:
            raise BackupRefused(f"{path} is not what the backup held. Choose another backup.")
        return path


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder for this process, making it if needed; others are refused until the block or the process ends."""
    with wrapped(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BackupRefused(f"{folder} is in use by another backup or restore. Wait until it has ended.") from error


@contextmanager
def wrapped(folder: Path) -> Iterator[None]:
    """Say what the disk refuses as one line."""
    try:
        yield
    except OSError as error:
        raise BackupRefused(f"{error.filename or folder} cannot be read or written: {error.strerror}.") from error


def begin_backup(folder: Path, now: datetime) -> Path:
    """A new place in `folder`, for its owner only. What cut-off runs left there goes. Raises BackupRefused."""
    if any(folder.iterdir()) and not (folder / FILES).is_dir():
        raise BackupRefused(f"{folder} holds other things than backups. Choose an empty folder.")
    for cut_off in (run for run in _runs(folder) if not (run / MANIFEST).exists()):
        shutil.rmtree(cut_off)
    (folder / FILES).mkdir(mode=0o700, exist_ok=True)
    name = f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
    taken = sum(run.name.startswith(name) for run in _runs(folder))
    place = folder / (f"{name}-{taken + 1}" if taken else name)
    place.mkdir(mode=0o700)
    return place


def newest_backup(folder: Path) -> Whole | None:
    """The newest whole backup in a folder of them. Raises BackupRefused when it cannot be read."""
    whole = [run for run in _runs(folder) if (run / MANIFEST).exists()]
    return open_backup(whole[-1]) if whole else None


def _runs(folder: Path) -> list[Path]:
    """Folders named for a moment, oldest first."""
    found = (path for path in folder.iterdir() if path.is_dir() and _RUN.fullmatch(path.name))
    return sorted(found, key=lambda path: (path.name[:18], len(path.name), path.name))


def open_backup(given: Path) -> Whole:
    """The backup in a folder, or the newest of a folder that holds several. Raises BackupRefused."""
    path = given / MANIFEST
    if not path.is_file():
        newest = newest_backup(given) if given.is_dir() else None
        if newest is None:
            raise BackupRefused(f"{given} holds no whole backup. One that was cut off has no {MANIFEST}.")
        return newest
    content = path.read_bytes()
    digests = read_manifest(content.decode(errors="replace"))
    whole = Whole(given, digests, hashlib.sha256(content).hexdigest(), _facts_in(given, digests))
    if len(whole.files()) != whole.facts.files or whole.facts.database_file not in digests:
        raise BackupRefused(f"{path} names fewer files than the backup held: it was cut off. Choose another backup.")
    return whole


def _facts_in(folder: Path, digests: dict[str, str]) -> Facts:
    path = folder / FACTS
    if FACTS not in digests or not path.is_file():
        raise BackupRefused(f"{folder} is not a backup of this program: it has no {FACTS}.")
    if digest_of(path) != digests[FACTS]:
        raise BackupRefused(f"{path} is not what the backup held. Choose another backup.")
    return read_facts(path.read_text(errors="replace"))


def seal(place: Path, facts: Facts, stored: Iterable[str]) -> Whole:
    """Make a backup whole: all it holds durable, then the manifest, renamed into place."""
    (place / FACTS).write_text(facts_text(facts), encoding="utf-8")
    own = [path for path in sorted(place.rglob("*")) if path.is_file()]
    digests = {str(path.relative_to(place)): digest_of(path) for path in own}
    digests |= {stored_name(sha256): sha256 for sha256 in stored}
    unfinished = place / f"{MANIFEST}.new"
    unfinished.write_text(manifest_text(digests), encoding="utf-8")
    os.sync()  # once for all files, which is many times faster than each by itself
    reach("b3")
    unfinished.rename(place / MANIFEST)
    flush(place)
    flush(place.parent)
    return open_backup(place)


def copy_private(source: Path, target: Path) -> None:
    """Copy a file for its owner only; one that is not there is left out."""
    with suppress(FileNotFoundError):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with source.open("rb") as file:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as copy:
                shutil.copyfileobj(file, copy, 1 << 20)


def flush(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
