"""The corpus of hostile file names: written lines of `tests/corpus/filenames.txt` and their systematic combinations."""

from __future__ import annotations

import unicodedata
from itertools import product
from pathlib import Path

CORPUS = Path(__file__).parent.parent / "corpus" / "filenames.txt"

_STEMS = (
    "report",
    "証拠",
    "تقرير",
    "отчёт",
    "e\u0301vidence",
    "\u202egnp.exe",
    "a b",
    "'quote\"",
    "a;b=c",
    "%2e%2e%2f",
)
_WRAPS = (
    "../{}",
    "..\\{}",
    "{}/..",
    "./{}",
    "{}.",
    " {}",
    "{} ",
    "~{}",
    "-{}",
    "C:\\{}",
    "\\\\host\\share\\{}",
    "{}::$DATA",
)
_ENDINGS = (".pdf", ".PDF", ".tar.gz", ".html", "")


def written() -> list[str]:
    """The lines of the corpus file, with their Python escapes resolved; blank lines and # comments left out."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    return [_unescaped(line) for line in lines if line and not line.startswith("#")]


def combined() -> list[str]:
    """Stems in several scripts, each wrapped in traversal and device tricks, each with several endings; and NFC/NFD."""
    names = [wrap.format(stem) + ending for stem, wrap, ending in product(_STEMS, _WRAPS, _ENDINGS)]
    return names + [unicodedata.normalize(form, stem) for form in ("NFC", "NFD") for stem in _STEMS]


def every_name() -> list[str]:
    return list(dict.fromkeys(written() + combined()))


def _unescaped(line: str) -> str:
    # Only \uXXXX, \n and the like are escapes; the text itself may be of any script.
    return line.encode("latin-1", "backslashreplace").decode("unicode_escape")
