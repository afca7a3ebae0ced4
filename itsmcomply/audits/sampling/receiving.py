"""Keep an uploaded export beside the store while it is read; it becomes no evidence and is removed afterwards."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path

from itsmcomply.errors import InvalidInput, StorageFull
from itsmcomply.evidence.store import Readable, TooLarge
from itsmcomply.wording import N_, say

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    path: Path
    sha256: str
    size: int


def keep_beside(folder: Path, stream: Readable, *, limit: int, name: str) -> Kept:
    """Write the stream to a file of its own; memory stays at one piece. Raises TooLarge, StorageFull, InvalidInput."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, digest, size = folder / uuid.uuid4().hex, hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                _refuse_beyond(size, limit, name)
                digest.update(chunk)
                file.write(chunk)
        _refuse_empty(size)
    except OSError as error:
        path.unlink(missing_ok=True)
        text = N_("There is no room for the file (%(reason)s). Nothing was stored.")
        raise StorageFull(say(text, reason=error.strerror)) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Kept(path, digest.hexdigest(), size)


def _refuse_beyond(size: int, limit: int, name: str) -> None:
    if size > limit:
        raise TooLarge(name, limit, None)


def _refuse_empty(size: int) -> None:
    if not size:
        raise InvalidInput({"file": say(N_("The file is empty. Export it again."))})
