"""Cover, contents and summary."""

from __future__ import annotations

from itsmcomply.language import _, say
from itsmcomply.readiness.results import Status
from itsmcomply.reports import tallies, words
from itsmcomply.reports.model import Mode, Pack
from itsmcomply.reports.word import xml
from itsmcomply.reports.word.audits import coverage_sentence
from itsmcomply.reports.word.charts import band_chart, heat_chart, radar_chart
from itsmcomply.reports.word.findings import open_sentence
from itsmcomply.reports.word.report import Report
from itsmcomply.wording import N_

_SPACE = '<w:spacing w:before="2600" w:after="120"/>'


def write_cover(report: Report) -> None:
    pack, about = report.pack, report.pack.about
    report.blocks.append(xml.paragraph("Kicker", xml.run("ISO/IEC 20000-1:2018"), properties=_SPACE))
    report.text(_("Readiness and maturity report"), "Title")
    report.text(about.organisation or about.name, "Subtitle")
    if pack.mode is not Mode.REAL:
        report.text(words.MODES[pack.mode], "Warning")
    report.text(words.VERDICTS[pack.result.status], "Verdict")
    report.text(words.disclaimer(pack.day), "Lead")
    facts = [
        (_("Management system"), about.name),
        (_("Scope of certification"), about.scope or words.day_text(None)),
        (_("As of"), words.day_text(pack.day)),
        (_("Operating since"), words.day_text(about.operating_since)),
        (_("Certification body"), about.certification_body or words.day_text(None)),
        (_("Stage 1 audit"), words.day_text(about.stage_1_on)),
        (_("Stage 2 audit"), words.day_text(about.stage_2_on)),
        (_("Maturity model"), f"{pack.model.name}, {pack.model.version}"),
    ]
    rows = [[xml.cell(label, "CellQuiet"), xml.cell(value)] for label, value in facts]
    report.table((3, 9), (), rows, style="ReportFacts")


def write_summary(report: Report) -> None:
    pack = report.pack
    report.heading(1, say(N_("1 Summary: %(verdict)s"), verdict=words.VERDICTS[pack.result.status].lower()))
    report.text(summary_sentence(pack), "Lead")
    _figures(report)
    for line in _notes(pack):
        report.text(line)
    report.chart(band_chart(pack))
    report.heading(2, _("1.1 Coverage by clause"))
    report.chart(heat_chart(pack))
    radar = radar_chart(pack)
    first = len(report.blocks)
    report.heading(2, _("1.2 Maturity by process group"))
    if radar is not None:
        report.chart(radar, share=0.5)
    rows = [
        [
            xml.cell(group.name, "CellStrong"),
            xml.cell(str(group.processes)),
            xml.cell(words.fixed(group.index)),
        ]
        for group in tallies.group_tallies(pack)
    ]
    report.table((6, 2, 2), (_("Process group"), _("Processes"), _("Maturity index")), rows)
    report.keep(first)


def summary_sentence(pack: Pack) -> str:
    """What stands in the way, in one sentence."""
    shut = [gate for gate in pack.result.gates if not gate.passed]
    if not shut:
        return _("All three gates are open: nothing that can be derived from evidence stands in the way of an audit.")
    named = ", ".join(
        say(N_("%(gate)s by %(count)s"), gate=words.GATES[g.key], count=_blocked(tallies.blocker_count(g)))
        for g in shut
    )
    return say(
        N_("Gates that are shut: %(named)s. Section 2 names each of them; section 5 says what cures it."), named=named
    )


def _blocked(number: int) -> str:
    return words.count(number, _("blocker"), _("blockers"))


def _figures(report: Report) -> None:
    pack, result = report.pack, report.pack.result
    totals = tallies.band_totals(pack)
    level = pack.model.level(result.level)
    figures = [
        (words.STATUSES[result.status], _("readiness")),
        (
            words.percent(result.coverage),
            _("coverage of 248 requirements").replace("248", str(len(pack.requirements))),
        ),
        (f"{result.level} {level.name}", _("lowest level of a process")),
        (str(sum(n for band, n in totals.items() if band.value in "NP")), _("requirements below band L")),
    ]
    row = [xml.cells(xml.text("CellFigure", value), xml.text("CellQuiet", about)) for value, about in figures]
    report.table((3, 3, 3, 3), (), [row], style="ReportFigures")


def _notes(pack: Pack) -> list[str]:
    result = pack.result
    counts = ", ".join(
        say(N_("%(count)s on level %(level)s"), count=number, level=place)
        for place, number in enumerate(result.level_counts, 1)
        if number
    )
    notes: list[str] = [
        say(
            N_("Of the %(all)s processes, %(counts)s. The maturity index, a mean for trends, is %(index)s."),
            all=len(result.processes),
            counts=counts,
            index=words.fixed(result.index, 2),
        ),
        say(
            N_("The register holds %(versions)s of %(items)s evidence."),
            versions=words.count(pack.evidence.versions, _("version"), _("versions")),
            items=words.count(pack.evidence.items, _("item of"), _("items of")),
        ),
        f"{coverage_sentence(pack.audit.clauses, pack.audit.processes)} {open_sentence(pack.audit.findings)}",
    ]
    if result.forecast is not None:
        notes.append(_forecast(pack, result.forecast.status))
    return notes


def _forecast(pack: Pack, status: Status) -> str:
    """A day to come has two verdicts; the one if renewed is the headline."""
    text = N_(
        "This is a forecast for %(day)s. If what is current today is renewed on its interval: %(renewed)s. If nothing "
        "more arrives: %(nothing)s."
    )
    return say(
        text,
        day=words.day_text(pack.day),
        renewed=words.VERDICTS[status].lower(),
        nothing=words.VERDICTS[pack.result.status].lower(),
    )
