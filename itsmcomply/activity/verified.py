"""What the last `verify` found, kept as a small file in the instance folder, outside the database it vouches for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

FILE = "verify.json"
STALE_DAYS = 35
"""After this many days a verification is too old to lean on."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of one run. `entries`: verified to this entry; `blobs`: stored files checked; `problems`: how many."""

    at: datetime
    entries: int
    head_hash: str
    blobs: int
    problems: int

    @property
    def whole(self) -> bool:
        return self.problems == 0

    def age_days(self, now: datetime) -> int:
        return (now - self.at).days


def write_verified(instance: Path, result: Verified) -> None:
    """Replace the note of the last run, all of it or nothing."""
    text = json.dumps(asdict(result) | {"at": result.at.astimezone(UTC).isoformat()}, indent=1)
    temporary = instance / f"{FILE}.new"
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(instance / FILE)


def last_verified(instance: Path) -> Verified | None:
    """The note of the last run; None where there is none that can be read."""
    try:
        found = json.loads((instance / FILE).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(found["at"])
        return Verified(at, int(found["entries"]), str(found["head_hash"]), int(found["blobs"]), int(found["problems"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
