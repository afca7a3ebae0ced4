"""Make a backup of an installation, and put one back into a new folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from itsmcomply.activity import heads
from itsmcomply.activity.models import ActivityEntry
from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.activity.queries import head_of_trail
from itsmcomply.backup.archive import Whole, alone, begin_backup, copy_private, flush, newest_backup, seal, wrapped
from itsmcomply.backup.databases import kind_of, load_dump, require_target, snapshot
from itsmcomply.backup.rules import FILES, SECRET, SETTINGS, BackupRefused, Facts, stored_name
from itsmcomply.clock import Clock
from itsmcomply.errors import IntegrityFailure, StorageFull
from itsmcomply.evidence.failpoints import reach
from itsmcomply.evidence.models import Blob
from itsmcomply.evidence.store import BlobState, LocalStore
from itsmcomply.evidence.verification import Progress, StoreProblem, StoreReport, versions_on
from itsmcomply.permissions import SYSTEM_ACTOR
from itsmcomply.schema import head_revision

OLD_HEADS = "heads-before-restore.log"
"""Heads sealed with a secret that is not here; `itsmcomply verify --against` reads them."""


class Found(Protocol):
    """What looking through an installation found."""

    @property
    def count(self) -> int: ...

    @property
    def problems(self) -> list[str]: ...


Look = Callable[[Session, StoreReport, Path], Found]
"""Given the stored files and the file with the heads of the trail."""


@dataclass(frozen=True, slots=True)
class Source:
    """The installation to back up. `database_url` names a user that may read everything."""

    instance: Path
    database_url: str
    with_secrets: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A backup, and how many stored files the folder did not hold yet."""

    backup: Whole
    copied: int


def make_backup(source: Source, folder: Path, now: datetime, look: Look, progress: Progress) -> Made:
    """Copy the database, then the stored bytes that it names, look the copy through and seal it. Raises BackupRefused.

    What is wrong in the installation already is written into the backup and keeps nobody from making one.
    """
    with alone(folder), disk_errors(folder):
        place = begin_backup(folder, now)
        # Heads before the database: one that is noted meanwhile would speak of an entry that the copy does not hold.
        copy_private(source.instance / heads.FILE, place / heads.FILE)
        copy_private(source.instance / SETTINGS, place / SETTINGS)
        if source.with_secrets:
            copy_private(source.instance / SECRET, place / SECRET)
        with snapshot(source.database_url, place) as session:
            reach("b1")
            _refuse_another_trail(folder, session)
            store = LocalStore(source.instance / "store", free_space_floor=0)
            kept = _copy_files(session, store, LocalStore(folder / FILES, free_space_floor=0, durable=False), progress)
            found = look(session, kept.report, place / heads.FILE)
            facts = _facts(session, now, kind_of(source.database_url), kept, found)
        return Made(seal(place, facts, kept.digests), kept.copied)


def _facts(session: Session, now: datetime, database: str, kept: _Kept, found: Found) -> Facts:
    head = head_of_trail(session)
    return Facts(
        moment=now.isoformat(timespec="seconds"),
        schema=str(session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()),
        database=database,
        entries=head.seq,
        head=head.line_hash,
        files=len(kept.digests),
        size=kept.size,
        problem_count=found.count,
        problems=tuple(found.problems),
    )


def _refuse_another_trail(folder: Path, session: Session) -> None:
    """The folder is for one installation: its trail still holds the entry where that of the newest backup ended."""
    try:
        newest = newest_backup(folder)
    except BackupRefused:
        return  # a damaged one keeps nobody from making another
    if newest is None or newest.facts.entries == 0:
        return
    entry = newest.facts.entries
    if session.scalar(select(ActivityEntry.line_hash).where(ActivityEntry.seq == entry)) != newest.facts.head:
        raise BackupRefused(
            f"{folder} holds backups of another trail: entry {entry} of {newest.name} is not in this one. "
            "Choose another folder."
        )


@dataclass(frozen=True, slots=True)
class _Kept:
    """Stored bytes that the folder of backups holds now. `size` in bytes."""

    report: StoreReport
    digests: tuple[str, ...]
    size: int
    copied: int


def _copy_files(session: Session, store: LocalStore, files: LocalStore, progress: Progress) -> _Kept:
    """Copy what the database names and `files` does not hold sound; every byte is read and compared with its digest.

    Blocked bytes stay out, as they are out of reach. Bytes that are damaged in the installation are a problem.
    """
    rows = session.execute(select(Blob.sha256, Blob.size, Blob.blocked_at.is_not(None)).order_by(Blob.sha256)).all()
    sound, copied, size, problems = list[str](), 0, 0, list[StoreProblem]()
    wanted = [(sha256, length) for sha256, length, blocked in rows if not blocked]
    for done, (sha256, length) in enumerate(wanted, start=1):
        held = files.check(sha256) is BlobState.SOUND
        if held or _copy_file(store, files, sha256, length):
            sound.append(sha256)
            size, copied = size + length, copied + (not held)
        else:
            problems.append(StoreProblem(sha256, BlobState.MISSING, versions_on(session, sha256)))
        reach("b2")
        progress(done, len(wanted))
    report = StoreReport(len(rows), len(rows) - len(wanted), tuple(problems), ())
    return _Kept(report, tuple(sound), size, copied)


def _copy_file(store: LocalStore, files: LocalStore, sha256: str, length: int) -> bool:
    try:
        with store.open(sha256) as file:
            return files.put(file, limit=length, name=sha256).sha256 == sha256
    except IntegrityFailure:
        return False


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Say what the disk refuses as one line."""
    try:
        with wrapped(folder):
            yield
    except StorageFull as error:
        raise BackupRefused(f"There is no room left for {folder}. Free space, then run the command again.") from error


@contextmanager
def new_instance(target: Path) -> Iterator[Path]:
    """A folder beside `target` to restore into, which takes its place when the block ends well and vanishes when not.

    A run that was cut off leaves it behind; the next one clears it. Raises BackupRefused for a target that holds
    something.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupRefused(f"{target} is not empty. A backup is restored into a new folder.")
    place = target.with_name(f".{target.name}.restoring")
    with alone(place), disk_errors(place):
        _clear(place)
        try:
            yield place
        except BaseException:
            _clear(place)
            place.rmdir()
            raise
        reach("r3")
        os.sync()  # once for all files, which is many times faster than each by itself
        place.rename(target)
        flush(target.parent)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def unpack(backup: Whole, place: Path, database_url: str, progress: Progress) -> None:
    """Put files, heads, settings, secret and database of a backup into a new instance folder. Raises BackupRefused.

    Every digest is checked. Heads go to `OLD_HEADS` where the secret that sealed them is not part of the backup.
    """
    if backup.facts.schema > head_revision():
        raise BackupRefused(
            f"The backup is at schema {backup.facts.schema}, this program knows {head_revision()}. "
            "Install a newer release."
        )
    require_target(database_url, backup.facts.database, place)
    for name, target in _own_files(backup.digests).items():
        copy_private(backup.path(name), place / target)
    _unpack_files(backup, place, progress)
    reach("r1")
    database = backup.path(backup.facts.database_file)
    if backup.facts.database == "postgresql":
        load_dump(database_url, database)
    else:
        copy_private(database, place / database.name)
    reach("r2")


def _own_files(digests: Mapping[str, str]) -> dict[str, str]:
    """Where in an instance folder the files beside the database go."""
    targets = {SETTINGS: SETTINGS, SECRET: SECRET, heads.FILE: heads.FILE if SECRET in digests else OLD_HEADS}
    return {name: target for name, target in targets.items() if name in digests}


def _unpack_files(backup: Whole, place: Path, progress: Progress) -> None:
    store, digests = LocalStore(place / "store", free_space_floor=0, durable=False), backup.files()
    for done, sha256 in enumerate(digests, start=1):
        path = backup.folder / stored_name(sha256)
        if not path.is_file():
            raise BackupRefused(f"{path} is missing. Choose another backup.")
        with path.open("rb") as file:
            stored = store.put(file, limit=path.stat().st_size, name=sha256)
        if stored.sha256 != sha256:
            raise BackupRefused(f"{path} is not what the backup held. Choose another backup.")
        progress(done, len(digests))


def refuse_new_problems(backup: Whole, found: Found) -> None:
    """Refuse what came back with more wrong than the backup says was wrong already. Raises BackupRefused."""
    new = [problem for problem in found.problems if problem not in backup.facts.problems]
    if new or found.count > backup.facts.problem_count:
        first = (new or found.problems)[0]
        raise BackupRefused(f"The backup does not come back sound, {found.count} problems: {first}")


def record_backup(session: Session, clock: Clock, backup: Whole) -> None:
    """Note in the trail which backup was made; the digest of its manifest names every byte of it."""
    _record(session, clock, "backup.made", backup)


def record_restore(session: Session, clock: Clock, backup: Whole) -> None:
    """Note in the trail that it goes on from this backup."""
    _record(session, clock, "backup.restored", backup)


def _record(session: Session, clock: Clock, action: str, backup: Whole) -> None:
    facts = backup.facts
    after = {"manifest": backup.digest, "files": facts.files, "size": facts.size, "schema": facts.schema}
    record_activity(session, SYSTEM_ACTOR, clock.now(), action, Record("backup", backup.name), after=after)
