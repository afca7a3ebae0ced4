"""`make bench`: measure the product as it is served and print a table of aims and figures.

    python -m tests.bench [--size 50000] [--small 500] [--only pages,upload,exports,imports,start]

Figures are medians of whole answers over HTTP, signed in, on this machine; compare runs of one machine only.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from itsmcomply.installation import prepare
from tests.bench.data import fill
from tests.bench.figures import Figures, exports, pages, start, uploads
from tests.bench.imports import imports

PARTS = {"start": start, "pages": pages, "upload": uploads, "exports": exports, "imports": imports}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=50_000)
    parser.add_argument("--small", type=int, default=500)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--keep", type=Path, help="Keep the filled installations in this folder and use them again.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as scratch:
        home = given.keep or Path(scratch)
        figures = Figures()
        large, small = _filled(home, given.size), _filled(home, given.small)
        for name in given.only.split(","):
            PARTS[name](figures, large, small)
        figures.show(given.size, given.small)


def _filled(home: Path, size: int) -> Path:
    instance = home / f"items-{size}"
    if not (instance / "filled").exists():
        shutil.rmtree(instance, ignore_errors=True)
        fill(prepare(instance), size)
        (instance / "filled").touch()
    return instance


main()
