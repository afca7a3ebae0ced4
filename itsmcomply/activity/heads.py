"""Heads of the trail kept outside the database, so that a tail cut off or a chain forged anew is seen.

`heads.log` in the instance folder gains a line at each start and verification. Copies of it kept elsewhere see further
than the file itself: who owns the whole machine can rewrite both.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.activity.models import ActivityEntry
from itsmcomply.activity.queries import TrailHead

FILE = "heads.log"


@dataclass(frozen=True, slots=True)
class Head:
    """One line: number and hash of an entry that was the last one at some moment, with its proof of origin."""

    seq: int
    line_hash: str
    noted_at: str
    seal: str

    def __str__(self) -> str:
        return f"{self.seq} {self.line_hash} {self.noted_at} {self.seal}"


def note_head(instance: Path, secret: str, head: TrailHead, now: datetime) -> None:
    """Append the head, durably, unless it is the last one noted already."""
    path = instance / FILE
    known = path.read_text().splitlines() if path.exists() else []
    if head.seq == 0 or (known and known[-1].startswith(f"{head.seq} {head.line_hash} ")):
        return
    moment = now.astimezone(UTC).isoformat(timespec="seconds")
    line = Head(head.seq, head.line_hash, moment, _seal(secret, head.seq, head.line_hash, moment))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


def _seal(secret: str, seq: int, line_hash: str, moment: str) -> str:
    return hmac.new(secret.encode(), f"{seq} {line_hash} {moment}".encode(), hashlib.sha256).hexdigest()


def read_heads(path: Path) -> list[Head]:
    """Heads in a file as it was kept. Raises ValueError naming the line that cannot be read."""
    found = []
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
        parts = line.split(" ")
        if len(parts) != 4 or not parts[0].isascii() or not parts[0].isdigit():
            raise ValueError(f"{path.name}, line {number}: not a head of the trail")
        found.append(Head(int(parts[0]), *parts[1:]))
    return found


def head_problems(session: Session, heads: Iterable[Head], secret: str | None) -> Iterator[str]:
    """Sentences on heads that the trail no longer contains, or that were not noted by this installation.

    One query a head. `secret` None: the seals are not checked (a file from another machine).
    """
    for head in heads:
        if secret is not None and not hmac.compare_digest(
            head.seal, _seal(secret, head.seq, head.line_hash, head.noted_at)
        ):
            yield f"head {head.seq} noted {head.noted_at}: not written by this installation"
        found = session.scalar(select(ActivityEntry.line_hash).where(ActivityEntry.seq == head.seq))
        if found != head.line_hash:
            yield f"head {head.seq} noted {head.noted_at}: the trail no longer holds this entry as it was"
