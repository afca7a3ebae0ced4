"""Make the Word layout of the report: its styles, page, header and footer. Run again after a change here.

The result, `templates/reports/report.docx`, is committed; the same input gives the same bytes, which a test compares.
Organisations may edit a copy of it in Word: the report uses the styles by name and fills the body.
"""

from __future__ import annotations

import re
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from itsmcomply.reports.archive import fix_times  # noqa: E402

TARGET = ROOT / "templates" / "reports" / "report.docx"
FACE, MONO = "Arial", "Courier New"
INK, QUIET, BLUE, LINE, HEAD = "16202C", "465363", "0B57A4", "C5CED8", "24405E"
TEXT_WIDTH = Mm(170)
STAMP = datetime(2020, 1, 1)  # noqa: DTZ001 - document properties hold no zone

# name: (size in points, bold, colour, space before, space after, keep with next, page break before)
PARAGRAPHS: dict[str, tuple[float, bool, str, float, float, bool, bool]] = {
    "Title": (30, True, INK, 0, 6, True, False),
    "Subtitle": (15, False, QUIET, 0, 18, False, False),
    "Heading 1": (20, True, INK, 0, 10, True, True),
    "Heading 2": (13, True, INK, 18, 5, True, False),
    "Heading 3": (10.5, True, HEAD, 12, 3, True, False),
    "TOC Heading": (20, True, INK, 0, 12, True, True),
    "Caption": (8.5, False, QUIET, 3, 14, False, False),
    "Lead": (11, False, QUIET, 0, 10, False, False),
    "Verdict": (16, True, INK, 6, 6, False, False),
    "Warning": (10.5, True, "B42318", 6, 6, False, False),
    "Kicker": (10, True, BLUE, 0, 8, True, False),
    "Note": (8, False, QUIET, 2, 4, False, False),
    "Measure": (9.5, True, QUIET, 0, 4, True, False),
    "Cell": (8.5, False, INK, 0, 1, False, False),
    "Cell Quiet": (8, False, QUIET, 0, 1, False, False),
    "Cell Strong": (8.5, True, INK, 0, 1, False, False),
    "Cell Head": (8.5, True, "FFFFFF", 1, 1, True, False),
    "Cell Figure": (17, True, INK, 4, 0, True, False),
    "Picture": (9.5, False, INK, 4, 0, True, False),
}


def main() -> None:
    document = Document()
    drop_unused_styles(document)
    set_normal(document)
    for name, look in PARAGRAPHS.items():
        set_paragraph_style(document, name, look)
    set_contents_styles(document)
    set_list_style(document)
    add_table_styles(document)
    set_page(document)
    properties = document.core_properties
    properties.author = properties.last_modified_by = "itsmcomply"
    properties.title = "Readiness report layout"
    properties.comments = properties.keywords = ""
    properties.created = properties.modified = STAMP
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "layout.docx"
        document.save(str(made))
        fix_times(made, Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)


def drop_unused_styles(document) -> None:  # noqa: ANN001 - python-docx has no types
    """The default template brings some hundred table styles that nobody here uses."""
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.element.getparent().remove(style.element)


def set_font(style, size: float, colour: str, *, bold: bool, face: str = FACE) -> None:  # noqa: ANN001
    font = style.font
    font.name, font.size, font.bold, font.italic = face, Pt(size), bold, False
    font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), face)


def set_normal(document) -> None:  # noqa: ANN001
    normal = document.styles["Normal"]
    set_font(normal, 9.5, INK, bold=False)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.MULTIPLE
    normal.paragraph_format.line_spacing = 1.15
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    normal.element.get_or_add_rPr().append(language)


def set_paragraph_style(document, name: str, look: tuple[float, bool, str, float, float, bool, bool]) -> None:  # noqa: ANN001
    size, bold, colour, before, after, keep, fresh = look
    known = [s.name for s in document.styles]
    style = document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if name not in known:
        style.base_style = document.styles["Normal"]
        style.quick_style = True
    set_font(style, size, colour, bold=bold)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.keep_with_next, form.page_break_before = keep, fresh
    form.line_spacing = 1.1 if size < 12 else 1.0
    borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:
        borders.getparent().remove(borders)


def set_contents_styles(document) -> None:  # noqa: ANN001
    for level, (size, bold, indent) in enumerate(((10.5, True, 0), (9.5, False, 6)), 1):
        style = document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        set_font(style, size, INK, bold=bold)
        form = style.paragraph_format
        form.left_indent, form.space_after = Mm(indent), Pt(1.5)
        form.space_before, form.line_spacing = Pt(5 if level == 1 else 0), 1.0
        form.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)


def set_list_style(document) -> None:  # noqa: ANN001
    style = document.styles["List Bullet"]
    set_font(style, 9.5, INK, bold=False)
    style.paragraph_format.space_after = Pt(2)


def add_table_styles(document) -> None:  # noqa: ANN001
    """One for tables of rows, one for the facts on the cover, one for key figures."""
    edge = f'w:val="single" w:sz="4" w:space="0" w:color="{LINE}"'
    margins = (
        '<w:tblCellMar><w:top w:w="50" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
        '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
    )
    head = (
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:color w:val="FFFFFF"/></w:rPr>'
        f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{HEAD}"/></w:tcPr></w:tblStylePr>'
    )
    lines = f"<w:tblBorders><w:bottom {edge}/><w:insideH {edge}/></w:tblBorders>"
    for style_id, name, borders, extra in (
        ("ReportRows", "Report Rows", lines, head),
        ("ReportFacts", "Report Facts", lines, ""),
        ("ReportFigures", "Report Figures", f"<w:tblBorders><w:top {edge}/><w:bottom {edge}/></w:tblBorders>", ""),
    ):
        xml = (
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{style_id}"><w:name w:val="{name}"/>'
            '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/>'
            f"<w:tblPr>{borders}{margins}</w:tblPr>{extra}</w:style>"
        )
        document.styles.element.append(parse_xml(xml))


def field(code: str) -> str:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    instruction = f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
    return f"{mark('begin')}{instruction}{mark('separate')}<w:r><w:t>1</w:t></w:r>{mark('end')}"


def running_line(style: str, left: str, right: str) -> str:
    """A header or footer paragraph: text at the left edge, text or fields at the right one."""
    return (
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{left}</w:t></w:r><w:r><w:tab/></w:r>{right}</w:p>'
    )


def set_page(document) -> None:  # noqa: ANN001
    """A4 with a first page of its own; the marks in braces are filled in by the report."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(26), Mm(22)
    section.header_distance, section.footer_distance = Mm(12), Mm(10)
    section.different_first_page_header_footer = True
    for name in ("Header", "Footer"):
        style = document.styles[name]
        set_font(style, 8, QUIET, bold=False)
        style.paragraph_format.tab_stops.clear_all()
        style.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    words = '<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'
    pages = words.format(words="Page ") + field("PAGE") + words.format(words=" of ") + field("NUMPAGES")
    for part, left, right in (
        (section.header, "{system}", words.format(words="{day}")),
        (section.footer, "{disclaimer}", pages),
        (section.first_page_footer, "{disclaimer}", ""),
    ):
        old = part.paragraphs[0]._p  # noqa: SLF001 - python-docx has no public way to put XML in place
        style = "Header" if part is section.header else "Footer"
        old.addprevious(parse_xml(running_line(style, left, right)))
        old.getparent().remove(old)
    _ = section.first_page_header.paragraphs  # made, so that the first page does not inherit the running head


if __name__ == "__main__":
    main()
    print(re.sub(r"^.*/(templates/)", r"\1", str(TARGET)))
