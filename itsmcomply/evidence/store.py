"""Evidence bytes on disk, named by their SHA-256. Knows nothing of items, people or requests.

An acknowledged blob survives a killed process and a power cut: bytes and folder entries are flushed before `put`
returns. A blob that is missing or altered raises `IntegrityFailure`; nothing here ever serves or hides damaged bytes.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from io import BufferedReader
from pathlib import Path
from typing import Protocol

from itsmcomply.errors import IntegrityFailure, InvalidInput, StartRefused, StorageFull
from itsmcomply.evidence.failpoints import reach
from itsmcomply.wording import N_, say

CHUNK = 1024 * 1024
HEAD = 8 * 1024
CHECKED_BEFORE_SENDING = 64 * CHUNK  # up to here a blob is hashed whole before its first byte leaves

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """What `put` knows about the bytes it kept. `head` holds the first 8 KiB, for type detection."""

    sha256: str
    size: int
    head: bytes


class BlobState(StrEnum):
    """What a check of one blob found."""

    SOUND = "sound"
    MISSING = "missing"
    ALTERED = "altered"
    UNREADABLE = "unreadable"


class TooLarge(InvalidInput):
    """More bytes than the limit; nothing was stored. `size` is None when the sender never announced it."""

    def __init__(self, name: str, limit: int, size: int | None) -> None:
        super().__init__({"file": _too_large(name, limit, size)})
        self.limit = limit
        self.size = size


class Readable(Protocol):
    """The part of a stream that `put` needs."""

    def read(self, size: int, /) -> bytes: ...


class Store(Protocol):
    """The contract of every evidence store: write once, named by content, checked on the way out."""

    def put(self, stream: Readable, *, limit: int, name: str, announced: int | None = None) -> Stored:
        """Keep the bytes of `stream` durably and return their digest. Nothing is visible before it returns."""
        ...

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The bytes in pieces of 1 MiB, checked: a damaged blob never yields its last piece."""
        ...

    def open(self, sha256: str) -> BufferedReader:
        """The bytes as a file, hashed before it is handed out."""
        ...

    def size(self, sha256: str) -> int:
        """Bytes held. Raises IntegrityFailure when the blob is missing."""
        ...

    def check(self, sha256: str) -> BlobState:
        """Read the whole blob and compare it with its name."""
        ...

    def digests(self) -> Iterator[str]:
        """Every digest held, ascending."""
        ...

    def quarantine(self, sha256: str) -> None:
        """Move the bytes out of reach without destroying them."""
        ...


class LocalStore:
    """Blobs in a folder of this machine: `ab/cd/<sha256>`, mode 0440, beside `tmp/` and `quarantine/`."""

    def __init__(self, root: Path, *, free_space_floor: int = 1024 * CHUNK, durable: bool = True) -> None:
        """Use `root`, making it if needed. `free_space_floor` bytes always stay free for the database.

        With `durable=False` nothing is flushed: for copying very many blobs, after which the caller flushes them all.
        """
        self._root = root
        self._temporary = root / "tmp"
        self._quarantined = root / "quarantine"
        self._floor = free_space_floor
        self._durable = durable
        for folder in (self._temporary, self._quarantined):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._temporary.stat().st_dev != root.stat().st_dev:
            message = f"{self._temporary} lies on another device than {root}, so files cannot be moved in one step."
            raise StartRefused(message)

    def put(self, stream: Readable, *, limit: int, name: str, announced: int | None = None) -> Stored:
        """Keep the bytes of `stream` durably and return their digest; memory stays at one chunk.

        `name` appears in messages only. Raises TooLarge beyond `limit` bytes, StorageFull when the device has no room;
        whatever is raised, no part of the bytes stays behind.
        """
        if announced is not None and announced > limit:
            raise TooLarge(name, limit, announced)
        self._require_room(announced or 0)
        reach("f1")
        temporary = self._temporary / uuid.uuid4().hex
        try:
            with _storage_full_as_such():
                stored = self._write(stream, temporary, limit, name)
                self._publish(temporary, stored.sha256)
        except BaseException:
            # Also on a broken connection or a stopping server: a half-written file is of no use to anybody.
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            reach("f11")
            raise
        return stored

    def _write(self, stream: Readable, temporary: Path, limit: int, name: str) -> Stored:
        digest = hashlib.sha256()
        size = 0
        head = b""
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        reach("f2")
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise TooLarge(name, limit, None)
                digest.update(chunk)
                if len(head) < HEAD:
                    head += chunk[: HEAD - len(head)]
                _write_whole(file.fileno(), chunk)
                if size % (64 * CHUNK) < CHUNK:
                    self._require_room(0)
            reach("f3")
            os.fchmod(file.fileno(), stat.S_IRUSR | stat.S_IRGRP)
            if self._durable:
                os.fsync(file.fileno())
            reach("f4")
        return Stored(digest.hexdigest(), size, head)

    def _publish(self, temporary: Path, sha256: str) -> None:
        target = self._path(sha256)
        for folder in (target.parent.parent, target.parent):
            with suppress(FileExistsError):
                folder.mkdir(mode=0o750)
            # Flushed even when it existed: another upload may have made it a moment ago and not flushed it yet.
            if self._durable:
                _flush_folder(folder.parent)
        reach("f5")
        # Renamed also over an existing blob: atomic, and it heals a damaged copy of the same content.
        temporary.rename(target)
        reach("f6")
        if self._durable:
            _flush_folder(target.parent)
        reach("f7")

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The bytes in pieces of 1 MiB. A blob up to 64 MiB is hashed before the first piece; a larger one while it is
        read, and its last piece is held back until the digest agrees. Raises IntegrityFailure.
        """
        if self.size(sha256) <= CHECKED_BEFORE_SENDING:
            return _Pieces(self.open(sha256))
        return self._pieces_with_proof(sha256)

    def _pieces_with_proof(self, sha256: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        held_back = b""
        with self._open_unchecked(sha256) as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
                if held_back:
                    yield held_back
                held_back = piece
        if digest.hexdigest() != sha256:
            raise _altered(sha256)
        yield held_back

    def open(self, sha256: str) -> BufferedReader:
        """The bytes as a read-only file at its start, hashed first (about 1 s per 1.5 GB). Raises IntegrityFailure."""
        file = self._open_unchecked(sha256)
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            file.close()
            raise _altered(sha256)
        file.seek(0)
        return file

    def size(self, sha256: str) -> int:
        """Bytes held. Raises IntegrityFailure when the blob is missing."""
        try:
            return self._path(sha256).stat().st_size
        except OSError as problem:
            raise _unavailable(sha256, problem) from problem

    def check(self, sha256: str) -> BlobState:
        """Read the whole blob and compare it with its name; never raises for a damaged one."""
        try:
            with self._path(sha256).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return BlobState.MISSING
        except OSError:
            return BlobState.UNREADABLE
        return BlobState.SOUND if found == sha256 else BlobState.ALTERED

    def digests(self) -> Iterator[str]:
        """Every digest held, ascending."""
        for path in sorted(self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if _DIGEST.fullmatch(path.name):
                yield path.name

    def quarantine(self, sha256: str) -> None:
        """Move the bytes to `quarantine/`, under their digest and a number, so that nothing is ever destroyed."""
        path = self._path(sha256)
        self.size(sha256)
        path.rename(self._quarantined / f"{sha256}.{uuid.uuid4().hex[:8]}")
        _flush_folder(path.parent)
        _flush_folder(self._quarantined)

    def clear_temporary(self, *, older_than: datetime) -> int:
        """Drop unfinished uploads last written before `older_than`; returns how many. Called at start-up."""
        dropped = 0
        for path in self._temporary.iterdir():
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < older_than:
                path.unlink(missing_ok=True)
                dropped += 1
                reach("f12")
        return dropped

    def _path(self, sha256: str) -> Path:
        if not _DIGEST.fullmatch(sha256):
            message = f"not a SHA-256 in lower-case hexadecimal: {sha256!r}"
            raise ValueError(message)
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def _open_unchecked(self, sha256: str) -> BufferedReader:
        try:
            return self._path(sha256).open("rb")
        except OSError as problem:
            raise _unavailable(sha256, problem) from problem

    def _require_room(self, coming: int) -> None:
        free = shutil.disk_usage(self._root).free
        if free - coming < self._floor:
            raise StorageFull(say(_NO_ROOM))


_NO_ROOM = N_(
    "There is no room left for evidence. Nothing was stored. Ask the administrator to free space, then upload again."
)


def _too_large(name: str, limit: int, size: int | None) -> str:
    allowed = size_in_words(limit)
    if size is None:
        text = N_(
            "%(name)s is larger than the limit of %(limit)s. Nothing was stored. Split it, or ask the administrator to "
            "raise the limit."
        )
        return say(text, name=name, limit=allowed)
    text = N_(
        "%(name)s is %(size)s; the limit is %(limit)s. Nothing was stored. Split it, or ask the administrator to raise "
        "the limit."
    )
    return say(text, name=name, size=size_in_words(size), limit=allowed)


def size_in_words(size: int) -> str:
    """A size a person can read, in binary units: "312 MiB", "1.4 KiB", "17 B". Always rounded down."""
    if size < 1024:
        return f"{size} B"
    value, unit = size / 1024, "KiB"
    for larger in ("MiB", "GiB", "TiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    if value >= 10:
        return f"{int(value)} {unit}"
    return f"{int(value * 10) / 10:g} {unit}"


@contextmanager
def _storage_full_as_such() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        if problem.errno in _FULL:
            raise StorageFull(say(_NO_ROOM)) from problem
        raise


def _write_whole(descriptor: int, chunk: bytes) -> None:
    # An unbuffered write may take only a part, for example just below a quota.
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]


class _Pieces:
    """An open file in pieces of 1 MiB. Closed at its end, and by `close` when nobody reads that far."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = b"" if self._file.closed else self._file.read(CHUNK)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        self._file.close()


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _altered(sha256: str) -> IntegrityFailure:
    return IntegrityFailure("stored file", f"the bytes held as {sha256} have another SHA-256")


def _unavailable(sha256: str, problem: OSError) -> IntegrityFailure:
    reason = "is missing" if isinstance(problem, FileNotFoundError) else f"cannot be read ({problem.strerror})"
    return IntegrityFailure("stored file", f"the file {sha256} {reason}")
