"""What kind of file some bytes are, by their beginning and their name together. Opens no archive and trusts no sender.

The result decides how a file may be shown, never whether it is kept: any type is kept, none is executed.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum


class Preview(StrEnum):
    """How a page may show the content. Everything else is facts and a download."""

    IMAGE = "image"
    TEXT = "text"
    TABLE = "table"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FileType:
    """One kind of file. `extensions` are the endings that agree with the content, lower case, without the dot."""

    key: str
    media_type: str
    extensions: tuple[str, ...]
    preview: Preview = Preview.NONE


@dataclass(frozen=True, slots=True)
class Detected:
    """A file's type. `verified` is False when ending and content disagree or the content is unknown."""

    key: str
    media_type: str
    verified: bool
    preview: Preview


OCTETS = FileType("unknown", "application/octet-stream", ())
EMPTY = FileType("empty", "application/octet-stream", ())
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

TYPES: dict[str, FileType] = {
    kind.key: kind
    for kind in (
        FileType("pdf", "application/pdf", ("pdf",)),
        FileType("png", "image/png", ("png",), Preview.IMAGE),
        FileType("jpeg", "image/jpeg", ("jpg", "jpeg", "jpe"), Preview.IMAGE),
        FileType("gif", "image/gif", ("gif",), Preview.IMAGE),
        FileType("webp", "image/webp", ("webp",), Preview.IMAGE),
        FileType("tiff", "image/tiff", ("tif", "tiff")),
        FileType("docx", f"{_OFFICE}.wordprocessingml.document", ("docx",)),
        FileType("xlsx", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",)),
        FileType("pptx", f"{_OFFICE}.presentationml.presentation", ("pptx",)),
        FileType("odt", f"{_OPEN_DOCUMENT}.text", ("odt",)),
        FileType("ods", f"{_OPEN_DOCUMENT}.spreadsheet", ("ods",)),
        FileType("odp", f"{_OPEN_DOCUMENT}.presentation", ("odp",)),
        FileType("zip", "application/zip", ("zip",)),
        FileType("gzip", "application/gzip", ("gz", "tgz")),
        FileType("7z", "application/x-7z-compressed", ("7z",)),
        FileType("ole", "application/x-ole-storage", ("doc", "xls", "ppt", "msg", "vsd", "mpp")),
        FileType("heic", "image/heic", ("heic", "heif")),
        FileType("mp4", "video/mp4", ("mp4", "m4v", "m4a")),
        FileType("csv", "text/csv", ("csv", "tsv"), Preview.TABLE),
        FileType("text", "text/plain", ("txt", "log", "md", "rst", "ini", "conf", "json", "yaml", "yml"), Preview.TEXT),
        # Kept apart from text, because a browser would run them: shown as escaped text at most, never served inline.
        FileType("markup", "text/plain", ("html", "htm", "xhtml", "xml", "svg", "mht", "mhtml"), Preview.TEXT),
        FileType("mail", "message/rfc822", ("eml",), Preview.TEXT),
    )
}

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1")
_OFFICE_FOLDERS = ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx"))
_OPEN_DOCUMENT_TYPES = tuple((TYPES[key].media_type.encode(), key) for key in ("odt", "ods", "odp"))
_MARKUP = re.compile(rb"\s*<(!doctype|\?xml|html|svg|head|body|script)", re.IGNORECASE)
_TEXT_KEYS = ("csv", "text", "markup", "mail")


def detect(head: bytes, name: str) -> Detected:
    """The type of a file from its first bytes (8 KiB serve well) and its name. Unknown content is octets."""
    kind = _by_content(head, _ending(name))
    agrees = _ending(name) in kind.extensions
    return Detected(kind.key, kind.media_type, agrees, kind.preview)


def by_key(key: str) -> FileType:
    """The type kept with a version; a key of an older release that is gone counts as octets."""
    return TYPES.get(key, EMPTY if key == EMPTY.key else OCTETS)


def _by_content(head: bytes, ending: str) -> FileType:
    if not head:
        return EMPTY
    for magic, key in _MAGIC:
        if head.startswith(magic):
            return TYPES[key]
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return TYPES["webp"]
    if head[4:8] == b"ftyp":
        return TYPES["heic" if head[8:12] in _HEIC_BRANDS else "mp4"]
    if head.startswith(b"PK\x03\x04"):
        return TYPES[_archive(head)]
    if b"%PDF-" in head[:1024]:
        return TYPES["pdf"]
    if _is_text(head):
        return TYPES[_text(head, ending)]
    return OCTETS


def _archive(head: bytes) -> str:
    # Member names stand uncompressed in the local headers, so the first ones are readable without opening the archive.
    for media_type, key in _OPEN_DOCUMENT_TYPES:
        if head[30:120].startswith(b"mimetype" + media_type):
            return key
    names = [head[place.end() + 26 :][: _name_length(head, place.end())] for place in re.finditer(b"PK\x03\x04", head)]
    for folder, key in _OFFICE_FOLDERS:
        if any(member.startswith(folder) for member in names):
            return key
    return "zip"


def _name_length(head: bytes, after_signature: int) -> int:
    return int.from_bytes(head[after_signature + 22 : after_signature + 24], "little")


def _text(head: bytes, ending: str) -> str:
    # A name may narrow plain text down, but never lift markup out of its own kind.
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        return "markup"
    for key in _TEXT_KEYS:
        if ending in TYPES[key].extensions:
            return key
    return "text"


def _is_text(head: bytes) -> bool:
    encoding = encoding_of(head)
    if encoding is None:
        return False
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def encoding_of(head: bytes) -> str | None:
    """The encoding in which text of this beginning can be read: by its mark, else UTF-8; None for bytes with a NUL."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in head:
        return None
    return "utf-8-sig"


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
