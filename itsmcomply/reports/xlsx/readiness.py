"""The sheet with the verdict: gates and rules, coverage by clause, maturity by group, charts, every blocker."""

from __future__ import annotations

from dataclasses import dataclass, field

from openpyxl.chart import BarChart, RadarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
)
from openpyxl.drawing.text import Font as DrawingFont

from itsmcomply.clauses.policy import Band
from itsmcomply.language import _, say
from itsmcomply.reports import tallies, words
from itsmcomply.reports.gaps import blocker_name
from itsmcomply.reports.xlsx.frame import Book, Column, Row, Sheet, band_text, colour_bands, colour_words
from itsmcomply.reports.xlsx.style import FACE
from itsmcomply.wording import N_

WIDTHS = (14, 46, 12, 20, 12, 56)
CHART_ROWS = 19
"""Blank rows below the figures that the three charts lie on."""


def _columns(*titles: str, figures: str = "") -> tuple[Column, ...]:
    """Columns from the left; `figures`: the letters of those that hold numbers."""
    return tuple(
        Column(title, width, "number" if letter in figures else "text")
        for letter, title, width in zip("ABCDEF", titles, WIDTHS, strict=False)
    )


RULES = _columns(N_("Gate"), N_("Rule"), N_("Result"), N_("Met"), N_("Of"), N_("Blocked by"), figures="DE")
TOTALS = _columns(
    N_("Part"), N_("Part of the standard"), N_("F fully"), N_("L largely"), N_("P partly"), N_("N not"), figures="CDEF"
)
GROUPS = _columns(N_("Group"), N_("Process group"), N_("Maturity index"), N_("Processes"), figures="CD")
LEVELS = _columns(N_("Level"), N_("Level name"), N_("Number of processes"), figures="C")
CLAUSES = _columns(N_("Clause"), N_("Title"), N_("Coverage"), N_("Band"), N_("Requirements"), figures="CE")
BLOCKERS = _columns(N_("Blocked gate"), N_("Failed rule"), N_("Kind"), N_("Key"), N_("Why"), N_("What"))
VIOLET = "5A3FA6"
BAND_BARS = {"F": "6CB896", "L": "A9BF63", "P": "E6A937", "N": "B8281B"}


@dataclass
class _Writer:
    """Counts rows, because streamed sheets do not tell where they are."""

    book: Book
    sheet: Sheet
    at: int = 0
    tops: dict[str, int] = field(default_factory=dict)

    def row(self, *cells: object) -> int:
        self.sheet.append(list(cells))
        self.at += 1
        return self.at

    def part(self, heading: str, name: str, columns: tuple[Column, ...], rows: list[Row]) -> None:
        """A heading and a table below it."""
        self.row()
        self.row(self.book.text(heading, "heading"))
        self.book.heads(self.sheet, columns)
        self.at += 1
        self.tops[name] = self.at
        for row in rows:
            self.row(*row)
        self.book.table(self.sheet, name, columns, first_row=self.tops[name], rows=len(rows))


def write_readiness(book: Book, matrix_rows: dict[str, int]) -> None:
    """`matrix_rows`: row of the first requirement of each clause on the clause matrix, for links."""
    sheet = book.sheet("Readiness", WIDTHS)
    sheet.freeze_panes = "A3"
    sheet.print_title_rows = "1:2"
    writer = _Writer(book, sheet)
    writer.row(book.text(words.VERDICTS[book.pack.result.status], "title"))
    writer.row(book.link("Cover", _("Back to cover"), look="link"), book.text(words.disclaimer(book.pack.day), "note"))
    _figures(writer)
    charts_at = writer.at + 2
    for _row in range(CHART_ROWS):
        writer.row()
    writer.part(_("Gates and rules"), "GateRules", RULES, _rules(book))
    _chart_tables(writer)
    writer.part(_("Coverage by clause"), "ClauseCoverage", CLAUSES, _clauses(book, matrix_rows))
    writer.part(_("Everything that blocks a gate"), "Blockers", BLOCKERS, _blockers(book))
    _colours(writer)
    _charts(writer, charts_at)


def _figures(writer: _Writer) -> None:
    book, result = writer.book, writer.book.pack.result
    writer.row()
    for label, value in (
        (_("Readiness"), words.STATUSES[result.status]),
        (_("If renewed in time"), words.STATUSES[result.status_if_renewed] if book.pack.is_forecast else ""),
        (
            _("Coverage"),
            say(N_("%(percent)s, band %(band)s"), percent=words.percent(result.coverage), band=band_text(result.band)),
        ),
        (_("Lowest level"), f"{result.level} {book.pack.model.level(result.level).name}"),
        (_("Maturity index"), words.fixed(result.index, 2)),
    ):
        if value:
            writer.row(book.text(label, "label"), book.text(value, "value"))


def _rules(book: Book) -> list[Row]:
    rows: list[Row] = []
    for gate in book.pack.result.gates:
        for rule in gate.rules:
            blockers = [blocker_name(book.pack.catalogue, b.kind, b.key) for b in rule.blockers]
            rows.append(
                [
                    book.text(words.GATES[gate.key], "strong")
                    if rule.passed
                    else book.link("Gaps", words.GATES[gate.key]),
                    book.text(words.RULES[rule.key], "wrap"),
                    book.text(_("Met") if rule.passed else _("Not met"), "strong"),
                    book.number(rule.met),
                    book.number(rule.total),
                    book.text(words.joined(blockers, 8) or "–", "wrap"),
                ]
            )
    return rows


def _chart_tables(writer: _Writer) -> None:
    book, pack = writer.book, writer.book.pack
    parts: list[Row] = [
        [
            book.text(tally.key, "strong"),
            book.text(tally.name, "wrap"),
            *(book.number(tally.counts[band]) for band in (Band.F, Band.L, Band.P, Band.N)),
        ]
        for tally in tallies.band_tallies(pack)
    ]
    writer.part(_("Requirements by band"), "Bands", TOTALS, parts)
    groups: list[Row] = [
        [
            book.text(group.key, "strong"),
            book.text(group.name, "wrap"),
            book.number(float(group.index), "tenth"),
            book.number(group.processes),
        ]
        for group in tallies.group_tallies(pack)
    ]
    writer.part(_("Maturity by process group"), "MaturityGroups", GROUPS, groups)
    levels: list[Row] = [
        [book.text(str(level.level), "strong"), book.text(level.name), book.number(number)]
        for level, number in zip(pack.model.levels, pack.result.level_counts, strict=True)
    ]
    writer.part(_("Processes by level"), "ProcessLevels", LEVELS, levels)


def _clauses(book: Book, matrix_rows: dict[str, int]) -> list[Row]:
    pack = book.pack
    rows: list[Row] = []
    for number, found in pack.result.clauses.items():
        top = matrix_rows.get(number)
        rows.append(
            [
                book.link("Clause matrix", number, cell=f"A{top}") if top else book.text(number, "strong"),
                book.text(pack.catalogue.clauses[number].label, "wrap"),
                book.share(found.coverage),
                book.text(band_text(found.band), "strong"),
                book.number(len(pack.catalogue.clauses[number].requirements)),
            ]
        )
    return rows


def _blockers(book: Book) -> list[Row]:
    return [
        [
            book.text(words.GATES[gate.key], "strong"),
            book.text(words.RULES[rule.key], "wrap"),
            book.text(words.label(blocker.kind.value)),
            book.text(blocker.key),
            book.text(words.blocker_reason(blocker.reason), "wrap"),
            book.text(blocker_name(book.pack.catalogue, blocker.kind, blocker.key), "wrap"),
        ]
        for gate in book.pack.result.gates
        for rule in gate.rules
        for blocker in rule.blockers
    ]


def _colours(writer: _Writer) -> None:
    pack = writer.book.pack
    rules = sum(len(gate.rules) for gate in pack.result.gates)
    top = writer.tops["GateRules"]
    colour_words(writer.sheet, "C", top + 1, top + rules, {"F": ("Met",), "N": ("Not met",)})
    top = writer.tops["ClauseCoverage"]
    colour_bands(writer.sheet, "D", top + 1, top + len(pack.result.clauses))


def _charts(writer: _Writer, at: int) -> None:
    """Three native charts side by side over the blank rows from row `at` on."""
    made = ((_band_chart(writer), "A"), (_level_chart(writer), "C"), (_group_chart(writer), "F"))
    for chart, column in made:
        writer.sheet.add_chart(chart, f"{column}{at}")


def _band_chart(writer: _Writer) -> BarChart:
    chart = _bar_chart(_("Requirements by band"), width=12)
    chart.grouping, chart.overlap, chart.legend.position = "stacked", 100, "b"
    _fill(writer, chart, "Bands", len(tallies.band_tallies(writer.book.pack)), columns=range(3, 7))
    for series, colour in zip(chart.series, BAND_BARS.values(), strict=True):
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
    return chart


def _level_chart(writer: _Writer) -> BarChart:
    chart = _bar_chart(_("Processes by maturity level"), width=8)
    _fill(writer, chart, "ProcessLevels", len(writer.book.pack.model.levels), columns=range(3, 4))
    chart.series[0].graphicalProperties = GraphicalProperties(solidFill=VIOLET)
    chart.legend = None
    chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    return chart


def _group_chart(writer: _Writer) -> RadarChart:
    chart = RadarChart()
    chart.style, chart.title = 26, _title(_("Maturity index by process group"))
    chart.height, chart.width, chart.legend = 8, 10, None
    chart.y_axis.delete = chart.x_axis.delete = False
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.majorUnit = 0, 5, 1
    _fill(writer, chart, "MaturityGroups", len(tallies.group_tallies(writer.book.pack)), columns=range(3, 4))
    line = chart.series[0].graphicalProperties.line
    line.solidFill, line.width = VIOLET, 22_000
    return chart


def _title(words_: str) -> Title:
    """A chart title in the size of a heading; the default is far larger."""
    look = CharacterProperties(sz=1100, b=True, solidFill="16202C", latin=DrawingFont(typeface=FACE))
    run = Paragraph(pPr=ParagraphProperties(defRPr=look), r=[RegularTextRun(rPr=look, t=words_)])
    return Title(tx=Text(rich=RichText(p=[run])), overlay=False)


def _bar_chart(title: str, *, width: int) -> BarChart:
    chart = BarChart()
    chart.type, chart.title, chart.height, chart.width, chart.gapWidth = "col", _title(title), 8, width, 60
    chart.x_axis.delete = chart.y_axis.delete = False  # openpyxl writes nothing, and Excel then hides the axes
    return chart


def _fill(writer: _Writer, chart: BarChart | RadarChart, table: str, rows: int, *, columns: range) -> None:
    """Let the chart read the columns of a table; its first column names the points."""
    top = writer.tops[table]
    for column in columns:
        values = Reference(writer.sheet, min_col=column, min_row=top, max_row=top + rows)
        chart.add_data(values, titles_from_data=True)
    chart.set_categories(Reference(writer.sheet, min_col=1, min_row=top + 1, max_row=top + rows))
