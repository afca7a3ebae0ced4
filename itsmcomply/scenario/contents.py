"""What a version holds, from its description in the file; and its bytes, made when it is filed. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath

from itsmcomply.scenario.dates import BadDate, Span
from itsmcomply.scenario.model import (
    Content,
    FileContent,
    GeneratedTable,
    LinkContent,
    NilContent,
    StatementContent,
    StoredFile,
    WrittenDocument,
)
from itsmcomply.scenario.place import Place
from itsmcomply.scenario.rendering import PLAIN, WRITTEN, document_bytes
from itsmcomply.scenario.schema import Column, Table
from itsmcomply.scenario.schema import Content as Described
from itsmcomply.scenario.tables import csv_bytes
from itsmcomply.scenario.words import Words, fill

_KINDS = ("file", "text", "table", "link", "statement", "nil")
_RECIPES = ("sequence", "after", "choice", "integer", "decimal", "text", "lookup")
MOST_ROWS = 5000
MOST_PICTURE_TEXT = 6000
MOST_PICTURE_LINES = 100


def make_content(described: Described, title: str, words: Words, at: Place) -> Content:
    """Placeholders filled, paths resolved. Problems are noted at the place."""
    try:
        return _made(described, fill(title, words), words, at)
    except BadDate as error:
        at.refuse(str(error))
        return StatementContent("")


def _made(described: Described, title: str, words: Words, at: Place) -> Content:
    if sum(getattr(described, name) is not None for name in _KINDS) != 1:
        raise BadDate(f"holds exactly one of {', '.join(_KINDS)}")
    if described.file is not None:
        name = described.name or PurePosixPath(described.file).name
        return StoredFile(name, at.at("file").file(described.file))
    if described.link is not None:
        link = described.link
        return LinkContent(link.url, link.title, link.version, at.at("link", "seen").day(link.seen, words.names))
    if described.statement is not None:
        return StatementContent(fill(described.statement, words).strip())
    if described.nil is not None:
        return NilContent(fill(described.nil, words).strip())
    return _written(described, title, words)


def _written(described: Described, title: str, words: Words) -> FileContent:
    if described.name is None:
        raise BadDate("text and table need a name for the file")
    name = fill(described.name, words)
    suffix = PurePosixPath(name.lower()).suffix
    if described.text is not None:
        if suffix not in PLAIN | WRITTEN:
            raise BadDate(f"{name}: text becomes one of {', '.join(sorted(PLAIN | WRITTEN))}")
        if suffix == ".png":
            _check_picture(described.text)
        day = words.names.get("effective", words.today)
        return WrittenDocument(name, title, fill(described.text, words), day)
    if described.table is None or suffix != ".csv":
        raise BadDate(f"{name}: a table becomes a .csv")
    _check_table(described.table)
    span = words.span or Span(words.today, words.today)
    return GeneratedTable(name, described.table, span, words.index, words.seed)


def _check_picture(text: str) -> None:
    if len(text) > MOST_PICTURE_TEXT or text.count("\n") > MOST_PICTURE_LINES:
        raise BadDate(f"a picture holds {MOST_PICTURE_TEXT} characters in {MOST_PICTURE_LINES} lines at most")


def _check_table(table: Table) -> None:
    if table.rows is None and not table.each:
        raise BadDate("the table needs rows or each")
    if table.rows is not None and max(int(part) for part in table.rows.split("..")) > MOST_ROWS:
        raise BadDate(f"the table has more than {MOST_ROWS} rows")
    for name, column in table.columns.items():
        _check_column(name, column, table)


def _check_column(name: str, column: Column, table: Table) -> None:
    recipes = [recipe for recipe in _RECIPES if getattr(column, recipe) is not None]
    if len(recipes) + column.moment + column.each != 1:
        raise BadDate(f"column {name} needs exactly one recipe")
    if column.after is not None and column.after not in table.columns:
        raise BadDate(f"column {name} comes after {column.after}, which is no column")
    if column.lookup is not None and not set(column.lookup.of) <= table.columns.keys() - {name}:
        raise BadDate(f"column {name} looks up {', '.join(column.lookup.of)}, which are not all columns")
    if column.choice is not None and not column.choice:
        raise BadDate(f"column {name} has nothing to choose from")


def content_bytes(content: FileContent) -> bytes:
    """The bytes of a file; the same description gives the same bytes."""
    match content:
        case StoredFile():
            return content.path.read_bytes()
        case WrittenDocument():
            return document_bytes(content.name, content.title, content.text, content.day)
        case GeneratedTable():
            return csv_bytes(content.table, content.span, content.index, content.seed)
