"""Office files are zip archives stamped with the time of writing; this gives them a fixed one, so that bytes repeat."""

from __future__ import annotations

import io
import re
import zipfile

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_EARLIEST = (1980, 1, 1, 0, 0, 0)


def repacked(archive: bytes, *, modified: str | None = None) -> bytes:
    """The same members in the same order with a fixed time; `modified` (ISO 8601) replaces that of the properties."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if modified is not None and member.filename == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + modified.encode() + rb"\g<2>", content)
            new.writestr(zipfile.ZipInfo(member.filename, _EARLIEST), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
