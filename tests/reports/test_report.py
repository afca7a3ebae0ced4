"""The real Word report, opened again and compared with the read model; texts of people can do nothing in it."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from docx import Document

from itsmcomply.reports import words
from itsmcomply.reports.model import Mode, Pack
from itsmcomply.reports.to_docx import layout_file, write_report
from tests.reports.readback import (
    WORD,
    batches,
    corpus,
    external_targets,
    instructions,
    paragraphs,
    report,
    styled,
    xml_parts,
)
from tests.reports.sample import DAY, catalogue, empty, make

OWN_FIELDS = re.compile(r'PAGE|NUMPAGES|TOC \\o "1-2" \\h \\z \\u')
Made = tuple[Pack, Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    pack, _ = make()
    return pack, report(pack, tmp_path_factory.mktemp("report"))


def test_every_clause_number_stands_in_a_heading(made: Made) -> None:
    headings = [*styled(made[1], "Heading2"), *styled(made[1], "Heading3")]

    assert all(f"{clause.number} {clause.label}" in headings for clause in catalogue().clauses.values())


def test_every_requirement_stands_with_its_text_band_and_gaps(made: Made) -> None:
    found = set(paragraphs(made[1]))

    for row in made[0].requirements:
        assert row.id in found
        assert row.text in found
        assert set(row.gaps) <= found


def test_at_most_twenty_items_are_named_per_requirement(made: Made) -> None:
    counts = [len([ref for line in row.lines for ref in line.evidence]) for row in made[0].requirements]

    assert max(counts) == 20
    assert any(line.more for row in made[0].requirements for line in row.lines)


def test_contents_name_every_heading_of_two_levels_and_lead_to_it(made: Made) -> None:
    entries = [*styled(made[1], "toc1"), *styled(made[1], "toc2")]
    headings = [*styled(made[1], "Heading1"), *styled(made[1], "Heading2")]
    document = dict(xml_parts(made[1]))["word/document.xml"]
    anchors = re.findall(r'<w:hyperlink w:anchor="(\w+)"', document)

    assert sorted(entries) == sorted(headings)
    assert set(anchors) <= set(re.findall(r'<w:bookmarkStart w:id="\d+" w:name="(\w+)"', document))


def test_the_verdict_names_each_gate_with_its_blockers(made: Made) -> None:
    pack, path = made
    headings = styled(path, "Heading2")

    for gate in pack.result.gates:
        assert any(words.GATES[gate.key] in heading for heading in headings)
    assert words.VERDICTS[pack.result.status] in styled(path, "Verdict")


def test_every_process_stands_with_its_level_and_reason(made: Made) -> None:
    found = set(paragraphs(made[1]))

    for row in made[0].processes:
        assert row.name in found
        assert row.because in found


def test_day_disclaimer_and_digests_are_named(made: Made) -> None:
    pack, path = made
    found = paragraphs(path)

    assert found.count(words.disclaimer(DAY)) >= 2
    for named in (pack.result.catalogue, pack.result.policy, pack.result.model):
        assert named.digest in found


def test_every_picture_has_a_text_alternative(made: Made) -> None:
    document = dict(xml_parts(made[1]))["word/document.xml"]
    described = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', document)

    assert len(described) == document.count("<w:drawing>") == 3


def test_pages_are_numbered_and_the_first_is_its_own(made: Made) -> None:
    document = Document(str(made[1]))
    section = document.sections[0]

    assert section.different_first_page_header_footer
    assert section.header.paragraphs[0].text.startswith("Managed services")
    assert "24 Nov 2026" in section.header.paragraphs[0].text
    assert words.disclaimer(DAY) in section.first_page_footer.paragraphs[0].text
    assert {"PAGE", "NUMPAGES"} <= set(instructions(made[1]))


def test_heads_of_tables_repeat_and_rows_do_not_break(made: Made) -> None:
    document = dict(xml_parts(made[1]))["word/document.xml"]

    assert document.count("<w:tblHeader/>") > 60
    assert document.count("<w:cantSplit/>") == document.count("<w:tr>")


def test_only_styles_of_the_layout_are_used(made: Made) -> None:
    known = {style.style_id for style in Document(str(layout_file())).styles}
    used = re.findall(r'<w:(?:pStyle|tblStyle) w:val="(\w+)"', dict(xml_parts(made[1]))["word/document.xml"])

    assert set(used) <= known


def test_the_same_pack_gives_the_same_bytes_later(made: Made, tmp_path: Path) -> None:
    time.sleep(2.1)

    assert report(make()[0], tmp_path).read_bytes() == made[1].read_bytes()


def test_it_takes_a_fraction_of_two_seconds(made: Made, tmp_path: Path) -> None:
    started = time.process_time()

    write_report(made[0], tmp_path / "again.docx")

    assert time.process_time() - started < 2


@pytest.mark.parametrize("mode", [Mode.DEMONSTRATION, Mode.TRIAL])
def test_the_mode_is_printed_on_cover_and_every_page(mode: Mode, tmp_path: Path) -> None:
    path = report(make(mode=mode)[0], tmp_path)

    assert styled(path, "Warning") == [words.MODES[mode]]
    assert words.MODES[mode] in Document(str(path)).sections[0].header.paragraphs[0].text


def test_an_empty_system_gives_a_report(tmp_path: Path) -> None:
    path = report(empty()[0], tmp_path)

    assert "Not ready for a stage 1 audit" in styled(path, "Verdict")
    assert "None." in paragraphs(path)


def test_a_day_to_come_shows_both_verdicts_and_what_has_to_be_renewed(tmp_path: Path) -> None:
    path = report(make(day=DAY.replace(year=2027))[0], tmp_path)

    assert any(text.startswith("This is a forecast for 24 Nov 2027.") for text in paragraphs(path))
    assert "2.4 Renewals the forecast counts on" in styled(path, "Heading2")


@pytest.mark.parametrize("texts", batches(corpus("word.txt")), ids=lambda texts: f"from {ascii(texts[0])[:20]}")
def test_no_text_of_people_becomes_a_field_or_leads_outside(texts: list[str], tmp_path: Path) -> None:
    path = report(make(*texts)[0], tmp_path)

    assert all(OWN_FIELDS.fullmatch(code) for code in instructions(path))
    assert external_targets(path) == []
    document = dict(xml_parts(path))["word/document.xml"]
    assert re.search("<w:fldSimple", document) is None
    assert len(re.findall("<w:fldChar ", document)) == 3 * document.count("<w:instrText")
    Document(str(path))


def test_texts_of_people_stand_as_they_are(tmp_path: Path) -> None:
    text = '{ DDEAUTO cmd } <w:p> & "quoted" ]]> Журнал 会議 \u202efdp'

    found = paragraphs(report(make(text)[0], tmp_path))

    assert text in found


def test_the_shipped_layout_is_what_its_script_makes(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "tools" / "make_word_layout.py"
    again = tmp_path / "report.docx"

    subprocess.run([sys.executable, str(script), str(again)], check=True, capture_output=True)

    assert again.read_bytes() == layout_file().read_bytes()


def test_the_table_of_process_groups_stays_on_one_page_with_its_heading_and_chart(made: Made) -> None:
    body = list(Document(str(made[1])).element.body)
    names = ["".join(block.itertext()) for block in body]
    first = max(place for place, name in enumerate(names) if name.endswith("1.2 Maturity by process group"))
    table = next(place for place in range(first, len(body)) if body[place].tag.endswith("}tbl"))

    for block in body[first : table + 1]:
        for properties in block.iter(f"{WORD}pPr"):
            assert properties.find(f"{WORD}keepNext") is not None
