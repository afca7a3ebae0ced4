"""Every sentence on a page goes through gettext: pages in a made-up language show no English that is ours.

The language is made from what extraction finds, each sentence in brackets, so the test also proves that extraction
finds all of them. Left alone: what people typed, the catalogue's own texts, file names, keys and figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from lxml import html
from sqlalchemy import String, Text, select, update

from itsmcomply.accounts.models import User
from itsmcomply.datafiles import PACKAGE, data_dir
from itsmcomply.db import db, transaction
from itsmcomply.web.display import signs
from tests.audits.shop import Shop
from tests.browser.test_pages_accessible import PAGES
from tests.cast import Cast
from tests.evidence.office import make_office

KEYWORDS = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "counted": (1, 2),
    "NN_": (1, 2),
    "phrase": None,
}
LANGUAGE = "nl"
BETWEEN = re.compile(r"[·,:;|()]|EV-\d+ v\d+|\d+ [a-z]{3,4}\.? \d{4}|\b\d[\d.]*(?:-[a-z])?\b")
"""What stands between values: marks, numbers of items and clauses, days."""
READ_OUT = ("aria-label", "title", "placeholder", "alt")
NOT_WORDS = re.compile("[0-9a-f]{4} … |[0-9a-f]{8}|^https?$|^//|@example|^(Werkzeug|itsmcomply|English)$|^[a-z]{3}$")
"""Digests, addresses, names of programs and of languages, months in short."""


def extracted() -> Catalog:
    """The messages of the package and its templates, as `pybabel extract` would find them."""
    found = Catalog()
    sources = ((PACKAGE, [("**.py", "python")]), (data_dir("templates"), [("**.html", "jinja2")]))
    for folder, methods in sources:
        for _, _, message, _, _ in extract_from_dir(folder, methods, {}, KEYWORDS):
            found.add(message)
    return found


def speak_brackets(cast: Cast, folder: Path) -> None:
    """Let everybody of the cast read the made-up language."""
    catalog = extracted()
    for message in catalog:
        if message.id:
            message.string = tuple(f"⟦{t}⟧" for t in message.id) if message.pluralizable else f"⟦{message.id}⟧"
    target = folder / LANGUAGE / "LC_MESSAGES"
    target.mkdir(parents=True)
    catalog.locale = LANGUAGE
    with (target / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    cast.app.extensions["babel"].translation_directories[:] = [str(folder)]
    with cast.app.app_context(), transaction() as session:
        session.execute(update(User).values(locale=LANGUAGE))


def found_by(tree: html.HtmlElement, path: str) -> list[html.HtmlElement]:
    found = tree.xpath(path)
    assert isinstance(found, list)
    return [element for element in found if isinstance(element, html.HtmlElement)]


def plain_texts(page: str) -> set[str]:
    """Texts of a page outside brackets: what is shown and what is read out."""
    tree = html.fromstring(page)
    gone = "//script | //style | //time | //option | //kbd | //code | //*[contains(@class, 'mono')]"
    for element in found_by(tree, gone):
        element.drop_tree()
    said = [a for element in tree.iter() for name in READ_OUT if (a := element.get(name))]
    return outside_brackets([str(text) for text in tree.itertext()] + said)


def outside_brackets(texts: Iterable[str]) -> set[str]:
    """What stands outside brackets, however deep they are."""
    whole = "\0".join(" ".join(t.split()) for t in texts)
    while whole != (left := re.sub("⟦[^⟦⟧]*⟧", "", whole)):
        whole = left
    return {t.strip() for t in whole.split("\0") if re.search("[a-z]{3}", t)}


def texts_in(value: object) -> Iterator[str]:
    match value:
        case str():
            yield " ".join(value.split())
        case dict():
            for key, inner in value.items():
                yield from (str(key), *texts_in(inner))
        case list():
            for inner in value:
                yield from texts_in(inner)


def known_texts(cast: Cast) -> str:
    """All that is not ours to translate here: the catalogue, and what stands in the database."""
    found: list[str] = []
    for path in sorted(data_dir("clause_catalog").rglob("*.yaml")):
        for text in texts_in(yaml.load(path.read_text(), yaml.CSafeLoader)):
            found += [text, signs(text)]
    with cast.app.app_context(), transaction() as session:
        for table in db.metadata.sorted_tables:
            columns = [column for column in table.columns if isinstance(column.type, String | Text)]
            for row in session.execute(select(*columns)) if columns else ():
                found += [" ".join(str(value).split()) for value in row if value]
    return "\n".join(found)


def untranslated(page: str, known: str) -> set[str]:
    """Texts of a page that are neither translated nor known."""
    return unknown(plain_texts(page), known)


def left_in(texts: Iterable[str], known: str) -> set[str]:
    """Texts of a document that are neither translated nor known."""
    return unknown(outside_brackets(texts), known)


def unknown(texts: Iterable[str], known: str) -> set[str]:
    """Texts that are not known, each taken apart where values stand side by side."""
    pieces = {piece.strip(" .") for text in texts for piece in BETWEEN.split(text)}
    return {p for p in pieces if re.search("[a-z]{3}", p) and p not in known and not NOT_WORDS.search(p)}


@pytest.mark.parametrize("role", ["sms_manager", "internal_auditor", "process_owner", "reviewer"])
def test_no_page_shows_a_sentence_that_cannot_be_translated(cast: Cast, tmp_path: Path, role: str) -> None:
    make_office(cast, cast.app.extensions["itsmcomply.settings"].store_dir).file()
    Shop(cast).running("8.6.1")
    known = known_texts(cast)
    speak_brackets(cast, tmp_path)
    client = cast.client(role)

    found = {}
    for path in PAGES:
        answer = client.get(path if path.startswith("/") else cast.url(f"/{path}"), follow_redirects=True)
        left = untranslated(answer.text, known)
        if left:
            found[path] = sorted(left)

    assert found == {}
