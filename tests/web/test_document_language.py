"""Every document a page hands out is written in the reader's language: in a made-up one, no English that is ours."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from openpyxl import load_workbook

from itsmcomply.audits.kinds import Conclusion
from itsmcomply.audits.offline.sheet import COLUMNS, FORMAT, GRADES, WORDS
from tests.audits.sampling.conftest import Desk
from tests.audits.shop import Shop
from tests.audits.test_documents import DATA
from tests.cast import Cast
from tests.evidence.office import make_office
from tests.findings.bench import Bench
from tests.performance.hall import Hall
from tests.web.test_language import known_texts, left_in, speak_brackets

FORMAT_OF_THE_CHECKLIST = {
    "Checklist",
    FORMAT,
    *(heading for _, heading, *_ in COLUMNS),
    *WORDS.values(),
    *GRADES.values(),
}
"""By these a checklist is known when it comes back, in every language."""


def texts_of(data: bytes, path: str) -> Iterator[str]:
    if path.endswith("docx"):
        yield from _texts_of_document(docx.Document(io.BytesIO(data)))
        return
    book: Any = load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        yield sheet.title
        cells = (str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
        yield from (line.removeprefix("- ") for text in cells for line in text.splitlines())


def _texts_of_document(found: Any) -> Iterator[str]:
    yield from (paragraph.text for paragraph in found.element.body.iter(f"{{{found.element.nsmap['w']}}}t"))
    section = found.sections[0]
    for part in (section.header, section.footer, section.first_page_footer):
        yield from (paragraph.text for paragraph in part.paragraphs)


def paths_of(cast: Cast) -> list[str]:
    """Something of every kind that can be downloaded, filled as far as it goes."""
    office = make_office(cast, cast.app.extensions["itsmcomply.settings"].store_dir)
    bench, hall, auditor = Bench(office), Hall(office), Desk(Shop(cast))
    closed, planned = bench.verified(), bench.raised()
    bench.close(closed)
    auditor.sign_in()
    sample = auditor.sampled()
    auditor.post(f"{sample}/records/1", version=1, a1="yes", a2="no", note="")
    auditor.shop.conclude(auditor.key, Conclusion.NOT_SAMPLED)
    signed, review = auditor.shop.signed("8.6.2"), hall.ready()
    with auditor.shop.desk("internal_auditor") as desk:
        from itsmcomply.audits.operations import create_programme

        create_programme(desk, DATA)
    return [
        f"/audits/{auditor.key}{sample}/paper",
        *(f"/audits/{auditor.key}/{name}" for name in ("plan.docx", "report.docx", "checklist.xlsx")),
        f"/audits/{signed}/plan.docx",
        "/audits/programme/AP-01/programme.docx",
        *(f"/findings/{key}/report.docx" for key in (closed, planned)),
        "/findings.xlsx",
        *(f"/management-review/{review}/{name}" for name in ("input-pack.docx", "minutes.docx")),
    ]


def test_no_document_holds_a_sentence_that_cannot_be_translated(cast: Cast, tmp_path: Path) -> None:
    paths = paths_of(cast)
    known = "\n".join([known_texts(cast), *FORMAT_OF_THE_CHECKLIST])
    speak_brackets(cast, tmp_path)
    client = cast.client("internal_auditor")

    found = {}
    for path in paths:
        answer = client.get(cast.url(path))
        assert answer.status_code == 200, path
        left = left_in(texts_of(answer.data, "x.xlsx" if "sheet" in answer.content_type else "x.docx"), known)
        if left:
            found[path] = sorted(left)

    assert not found, "\n".join(f"{path}: {left}" for path, left in found.items())
