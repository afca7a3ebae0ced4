"""Words as people type them: without case, accents, punctuation or British spelling. Used by search and suggestions."""

from __future__ import annotations

import re
import unicodedata

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][A-Za-z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[^\w.]+|_+|\.(?!\d)|(?<!\d)\.")


def fold(text: str) -> str:
    """Lower case without accents; -isation becomes -ization, as the catalogue writes it."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain.replace("isation", "ization")


def words(text: str) -> list[str]:
    """The folded words in order; clause numbers and ids such as 8.6.1-c fall into 8.6.1 and c."""
    return [word for word in _SEPARATORS.split(fold(text)) if word]


def name_words(file_name: str) -> list[str]:
    """Folded words of a file name without its ending; CamelCase is taken apart, words without letters are left out."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", file_name)
    return [word for word in re.findall(r"[^\W\d_]+", fold(_CAMEL.sub(" ", stem))) if len(word) > 1]
