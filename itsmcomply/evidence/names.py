"""User-given names and addresses as data: kept exactly, in any script, and never used as a path."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from itsmcomply.wording import N_, Sentence, say

LONGEST_NAME = 1000  # characters; the longest file names of common systems have 255
LONGEST_ADDRESS = 2000

# Line breaks and tabs of a pasted text are the only control characters a person can mean.
_MEANT = {"\n", "\r", "\t"}


def problem_of_file_name(name: str) -> Sentence | None:
    """Why a file name cannot be kept, or None. Every script, direction and length up to 1,000 characters is kept.

    Refused are only characters that no database, header or workbook can carry: NUL, other control characters and halves
    of surrogate pairs.
    """
    if not name:
        return say(N_("The file has no name. Give it one and upload it again."))
    if len(name) > LONGEST_NAME:
        return say(
            N_("The file name has %(length)s characters; up to %(limit)s are kept. Shorten it and upload again."),
            length=len(name),
            limit=LONGEST_NAME,
        )
    if any(_is_unkeepable(character) for character in name):
        return say(N_("The file name holds control characters. Rename the file and upload it again."))
    return None


def problem_of_text(text: str, *, lines: bool = False) -> Sentence | None:
    """Why a title, reason or statement cannot be kept, or None. `lines` allows line breaks and tabs."""
    allowed = _MEANT if lines else set()
    if any(_is_unkeepable(character) and character not in allowed for character in text):
        return say(N_("The text holds control characters. Remove them, or type the text anew."))
    return None


def problem_of_address(address: str) -> Sentence | None:
    """Why an address cannot be kept as a link, or None. Only http and https; nothing is ever fetched."""
    if len(address) > LONGEST_ADDRESS:
        return say(N_("The address has more than %(limit)s characters."), limit=LONGEST_ADDRESS)
    if any(_is_unkeepable(character) or character.isspace() for character in address):
        return say(N_("The address holds blanks or control characters. Copy it again from the browser."))
    try:
        parts = urlsplit(address)
        host = parts.hostname
        _ = parts.port  # raises when it is no number or out of range
    except ValueError:
        return say(N_("The address cannot be read. Copy it again from the browser."))
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return say(N_("Only addresses that begin with http:// or https:// can be linked."))
    if parts.username or parts.password:
        return say(
            N_("The address holds a user name or password. Remove it: everybody who sees the item would read it.")
        )
    return None


def plain_name(name: str, fallback: str) -> str:
    """An ASCII file name for old clients that cannot read the exact one: [A-Za-z0-9._-], at most 100 characters."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    kept = "".join(character if character.isalnum() or character in "._-" else "_" for character in folded)
    kept = kept.strip("._-")[-100:].lstrip("._-")
    return kept or fallback


def _is_unkeepable(character: str) -> bool:
    # Cc: control characters incl. NUL, CR and LF; Cs: halves of surrogate pairs. U+FFFE and U+FFFF break XML.
    return unicodedata.category(character) in {"Cc", "Cs"} or character in "\ufffe\uffff"
