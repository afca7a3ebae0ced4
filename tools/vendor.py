"""Bring the pages' outside assets into the repository, and prove that they are what the lock says.

`python tools/vendor.py check` re-hashes the committed files, without a network (a test does the same).
`python tools/vendor.py fetch` packs each package of `vendor.lock.json` with npm, compares the archive with its
recorded integrity, and writes the listed files and the icon sprite. `--relock` records what it found instead, for
a new version or a new icon; look at the difference before committing it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NotRequired, TypedDict

from defusedxml.ElementTree import parse

ROOT = Path(__file__).resolve().parent.parent
LOCK = Path(__file__).resolve().parent / "vendor.lock.json"
SVG = "{http://www.w3.org/2000/svg}"
SOURCE_MAP = re.compile(rb"\s*(?:/\*|//)# sourceMappingURL=[^\n*]*(?:\*/)?\s*$")
# Own symbols beside the icons: filled discs of the four coverage bands (N empty, F full).
RING = '<circle cx="7" cy="7" r="5.6" fill="none" stroke="currentColor" stroke-width="1.7"/>'
DISCS = {
    "N": RING,
    "P": RING + '<path d="M7 7V1.4A5.6 5.6 0 0 1 12.6 7Z" fill="currentColor"/>',
    "L": RING + '<path d="M7 7V1.4A5.6 5.6 0 1 1 1.4 7Z" fill="currentColor"/>',
    "F": RING + '<circle cx="7" cy="7" r="5.6" fill="currentColor"/>',
}


class File(TypedDict):
    source: str
    target: str
    sha256: str
    keep_classes: NotRequired[list[str]]  # of a style sheet: patterns of the classes that stay


class Package(TypedDict):
    name: str
    version: str
    license: str
    integrity: str
    files: list[File]


class Sprite(TypedDict):
    target: str
    sha256: str
    icons: list[str]


class Lock(TypedDict):
    sprite: Sprite
    packages: list[Package]


def read_lock() -> Lock:
    lock: Lock = json.loads(LOCK.read_text(encoding="utf-8"))
    return lock


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def problems(lock: Lock) -> list[str]:
    """Files that are missing or differ from the lock, as sentences; empty when all is well."""
    wanted = {file["target"]: file["sha256"] for package in lock["packages"] for file in package["files"]}
    wanted[lock["sprite"]["target"]] = lock["sprite"]["sha256"]
    found = []
    for target, digest in wanted.items():
        path = ROOT / target
        if not path.is_file():
            found.append(f"{target}: missing")
        elif sha256(path.read_bytes()) != digest:
            found.append(f"{target}: content differs from vendor.lock.json")
    return found


def pack(package: Package, folder: Path, *, relock: bool) -> Path:
    """The unpacked package folder; exits when the archive is not the recorded one."""
    spec = f"{package['name']}@{package['version']}"
    answer = subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True, capture_output=True, text=True)
    archive = folder / answer.stdout.split()[-1]
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if relock:
        package["integrity"] = integrity
    elif package["integrity"] != integrity:
        sys.exit(f"{spec}: the archive is {integrity}, the lock says {package['integrity']}")
    unpacked = folder / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(unpacked, filter="data")
    return unpacked / "package"


def write_file(file: File, source: Path, *, relock: bool) -> None:
    """Write one file without its pointer to a source map, which would be a 404 in every console."""
    content = SOURCE_MAP.sub(b"\n", source.read_bytes())
    if "keep_classes" in file:
        from prune_css import prune  # needs tinycss2, which only `fetch` needs

        content = prune(content.decode(), file["keep_classes"]).encode()
    write(file["target"], content)
    if relock:
        file["sha256"] = sha256(content)


def write(target: str, content: bytes) -> None:
    path = ROOT / target
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def symbol(name: str, source: Path) -> str:
    """One icon as a `<symbol>`: paths only, so that size, colour and stroke come from the page."""
    nodes = parse(source).iter(f"{SVG}path")
    paths = [node.get("d", "") for node in nodes if node.get("stroke") != "none"]
    drawn = "".join(f'<path d="{path}"/>' for path in paths)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>'


def write_sprite(sprite: Sprite, icons: Path, *, relock: bool) -> None:
    symbols = [symbol(name, icons / f"{name}.svg") for name in sorted(sprite["icons"])]
    discs = [f'<symbol id="disc-{band}" viewBox="0 0 14 14">{drawn}</symbol>' for band, drawn in DISCS.items()]
    content = "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, *discs, "</svg>", ""]).encode()
    write(sprite["target"], content)
    if relock:
        sprite["sha256"] = sha256(content)


def fetch(lock: Lock, *, relock: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        for package in lock["packages"]:
            unpacked = pack(package, Path(name), relock=relock)
            for file in package["files"]:
                own = file["source"].startswith("tools/")
                write_file(file, (ROOT if own else unpacked) / file["source"], relock=relock)
            if package["name"] == "@tabler/icons":
                write_sprite(lock["sprite"], unpacked / "icons/outline", relock=relock)
    if relock:
        LOCK.write_text(json.dumps(lock, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["check", "fetch"])
    parser.add_argument("--relock", action="store_true", help="record the hashes found instead of comparing them")
    arguments = parser.parse_args()
    lock = read_lock()
    if arguments.action == "fetch":
        fetch(lock, relock=arguments.relock)
    found = problems(lock)
    print("\n".join(found) or "all vendored files match vendor.lock.json")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
