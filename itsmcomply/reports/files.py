"""Files of exports: written aside, kept under the SHA-256 of their bytes, checked when they are sent. Pure."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from itsmcomply.errors import IntegrityFailure

CHUNK = 1 << 20
UNFINISHED = "unfinished-"


def unfinished_path(folder: Path, export_id: int) -> Path:
    """Where the child of an export writes."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{UNFINISHED}{export_id}"


def keep(path: Path, folder: Path, suffix: str) -> tuple[str, int]:
    """Move a finished file to its name for good; gives SHA-256 and size. The same content twice is one file."""
    digest, size = digest_of(path), path.stat().st_size
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(kept_path(folder, digest, suffix))
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return digest, size


def kept_path(folder: Path, sha256: str, suffix: str) -> Path:
    return folder / f"{sha256}.{suffix}"


def checked(folder: Path, sha256: str, suffix: str) -> Path:
    """The path of a kept file whose bytes are still the ones. Raises IntegrityFailure."""
    path = kept_path(folder, sha256, suffix)
    if not path.is_file():
        raise IntegrityFailure("export", "The file is gone. Make the export again.")
    if digest_of(path) != sha256:
        raise IntegrityFailure("export", "The stored file does not match its SHA-256. It is not sent.")
    return path


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
