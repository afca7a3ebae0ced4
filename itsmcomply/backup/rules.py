"""What a backup consists of: its manifest, what it says of itself, and where its files lie. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from itsmcomply.errors import StartRefused

FORMAT = "itsmcomply backup 1"
MANIFEST = "manifest-sha256.txt"
FACTS = "backup.json"
FILES = "files"
"""The folder beside the backups that holds the stored bytes of all of them, by digest."""
DATABASES = {"sqlite": "itsmcomply.sqlite3", "postgresql": "itsmcomply.dump"}
SETTINGS = "settings.toml"
SECRET = "secret/secret_key"  # noqa: S105 - the name of a file

_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


class BackupRefused(StartRefused):
    """A backup that is not made, or not taken back; one line says why and what to do."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a backup says of itself. `problems` were there when it was made; `size` is that of its stored files.

    `entries` and `head` say where the trail of its database ends; `moment` is in UTC, as ISO text.
    """

    moment: str
    schema: str
    database: str
    entries: int
    head: str
    files: int
    size: int
    problem_count: int = 0
    problems: tuple[str, ...] = ()

    @property
    def database_file(self) -> str:
        return DATABASES[self.database]


def facts_text(facts: Facts) -> str:
    return json.dumps({"format": FORMAT, **asdict(facts)}, indent=1, ensure_ascii=False) + "\n"


def read_facts(text: str) -> Facts:
    """What a backup says of itself. Raises BackupRefused for the file of another program or format."""
    unknown = BackupRefused(f"{FACTS} is not of a backup that this program can read. Choose another one.")
    try:
        told = json.loads(text)
        facts = _facts(told)
    except (ValueError, LookupError, TypeError) as error:
        raise unknown from error
    if told.get("format") != FORMAT or facts.database not in DATABASES:
        raise unknown
    return facts


def _facts(told: Mapping[str, Any]) -> Facts:
    return Facts(
        moment=str(told["moment"]),
        schema=str(told["schema"]),
        database=str(told["database"]),
        entries=int(told["entries"]),
        head=str(told["head"]),
        files=int(told["files"]),
        size=int(told["size"]),
        problem_count=int(told["problem_count"]),
        problems=tuple(map(str, told["problems"])),
    )


def stored_name(sha256: str) -> str:
    """Where stored bytes lie, seen from a backup, so that `sha256sum -c` finds them."""
    return f"../{FILES}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def manifest_text(digests: Mapping[str, str]) -> str:
    """A line for each file, as `sha256sum` writes and reads it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def read_manifest(text: str) -> dict[str, str]:
    """Digests by name. Raises BackupRefused for a line that no backup has; a name leads to no other place."""
    digests = {}
    known = {FACTS, SETTINGS, SECRET, "heads.log", *DATABASES.values()}
    for number, line in enumerate(text.splitlines(), start=1):
        found = _LINE.fullmatch(line)
        if not found or found[2] not in known | {stored_name(found[1])}:
            raise BackupRefused(f"{MANIFEST}, line {number}, was cut off or changed. Choose another backup.")
        digests[found[2]] = found[1]
    return digests


def stored_digests(manifest: Mapping[str, str]) -> list[str]:
    """Digests of the stored bytes that a backup names, ascending."""
    return sorted(digest for name, digest in manifest.items() if name == stored_name(digest))
