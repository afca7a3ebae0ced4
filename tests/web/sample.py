"""Values for the style guide: every macro in every state. Plain objects with the fields the macros document."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from types import SimpleNamespace as Row

from markupsafe import Markup

from itsmcomply import charts

TODAY = date(2026, 11, 23)
STAGE_1 = date(2027, 1, 12)
LEVELS = ((1, "Initial"), (2, "Repeatable"), (3, "Defined"), (4, "Managed"), (5, "Optimising"))


def blocker(state: str, name: str, reason: str, verb: str) -> Row:
    return Row(state=state, icon="", name=name, url="#b", reason=reason, verb=verb, cure_url="#cure")


def rule(text: str, met: int, total: int, blockers: tuple[Row, ...] = (), more: int = 0) -> Row:
    return Row(text=text, met=met, total=total, passed=met == total, blockers=blockers, more=more, more_url="#more")


def gates() -> list[Row]:
    documents = (
        blocker(
            "lapsed", "Risk management approach with acceptance criteria", "Lapsed 6 Oct 2026, SMS manager", "Renew"
        ),
        blocker("missing", "Agreement with internal supplier", "Nothing filed, Supplier manager", "Add"),
        blocker("in_review", "Control decision record", "In review since 9 Nov, Security officer", "Review"),
        blocker("rejected", "Service continuity plan", "Rejected 3 Nov 2026, Continuity coordinator", "Replace"),
    )
    owner = Row(
        state="", icon="user", name="Demand management", url="#p", reason="No owner", verb="Assign", cure_url="#o"
    )
    documented = [
        rule("Mandated documents are current", 16, 20, documents),
        rule("Every process has an owner", 28, 29, (owner,)),
        *(rule(text, 1, 1) for text in ("Scope is recorded", "Audit programme approved", "Management review planned")),
    ]
    operated = [rule("Other mandated artefacts are current", 22, 29, documents[:2], 5)]
    checked = [rule("No open major nonconformity", 1, 1), rule("Management review in 395 days", 1, 1)]
    question = "Is everything the standard demands on paper in place?"
    return [
        gate("documented", "Documented", question, documented, 5),
        gate("operated", "Operated", "Do records show that it happens, month after month?", operated, 7),
        gate("checked", "Checked", "Have we audited and reviewed it ourselves?", checked, 0),
    ]


def gate(key: str, title: str, question: str, rules: list[Row], blockers: int) -> Row:
    foot = "On 12 Jan 2027: 10 blockers, 5 more" if blockers else ""
    return Row(key=key, title=title, question=question, rules=rules, blockers=blockers, passed=not blockers, foot=foot)


def cell(number: str, letter: str | None, value: Fraction | None, *, flag: bool = False) -> Row:
    return Row(number=number, title=f"Title of {number}", letter=letter, value=value, url=f"#c{number}", flag=flag)


def map_rows() -> list[Row]:
    four = [
        cell("4.1", "L", Fraction(67, 100)),
        cell("4.2", "P", Fraction(17, 100)),
        cell("4.3", "F", Fraction(1)),
        cell("4.4", "F", Fraction(1)),
    ]
    six = [
        cell("6.1.1", "L", Fraction(3, 4)),
        cell("6.2.2", "N", Fraction(0)),
        cell("6.3", "P", Fraction(1, 4), flag=True),
        cell("6.4", None, None),
        *(cell(f"8.{n}.{n}", "F", Fraction(90 + n, 100)) for n in range(1, 7)),
    ]
    return [
        Row(number="4", title="Context", letter="L", value=Fraction(71, 100), sub=False, cells=four),
        Row(number="8.1", title="Operational planning", letter="F", value=Fraction(88, 100), sub=True, cells=six),
    ]


def criteria() -> list[Row]:
    def row(met: bool, text: str, needed: str, actual: str, share: tuple[int, int] | None, because: str) -> Row:
        value, limit = (Fraction(share[0], 100), Fraction(share[1], 100)) if share else (None, None)
        url = "" if met else "#cure"
        return Row(
            met=met, text=text, needed=needed, actual=actual, value=value, limit=limit,
            because=because, cure_url=url, verb="Replace",
        )  # fmt: skip

    return [
        row(False, "Documents in place", "over 85 %", "83 %", (83, 85), "Criteria: version 2 was rejected on 12 Nov"),
        row(False, "Internal audit", "395 days or less", "405 days", None, "Last covered on 14 Oct 2025"),
        row(True, "Records of operation", "over 50 %", "82 %", (82, 50), "Incident records 10 of 12 months"),
        row(True, "Open major nonconformities", "none", "0", None, ""),
    ]


def months() -> list[Row]:
    states = "covered covered covered covered missing covered covered covered grace covered missing in_review"
    names = "NDJFMAMJJASO"
    return [
        Row(letter=letter, name=f"Month {n + 1}", state=state, url="#file")
        for n, (letter, state) in enumerate(zip(names, states.split(), strict=True))
    ]


def quarters() -> list[Row]:
    return [
        Row(letter=f"Q{n}", name=f"Quarter {n}", state=state, url="#file")
        for n, state in enumerate(("none", "covered", "missing", "covered"), 1)
    ]


def items() -> list[Row]:
    def row(number: str, artefact: str, file: str, state: str, mandated_by: str = "") -> Row:
        return Row(
            number=number, artefact=artefact, file=file, state=state, version=3, lapses=date(2026, 9, 30),
            owner="Problem manager", mandated_by=mandated_by,
        )  # fmt: skip

    return [
        row("EV-0171", "Incident trend analysis used to find problems", "Incident trend Q2 2026.pdf", "lapsed"),
        row("EV-0166", "Known error records", "known-errors-2026-07.csv", "current", "8.6.3"),
        row("EV-0246", "Operations schedule or shift handover log", "Журнал передачи смен.xlsx", "in_review"),
        row("EV-0300", "Complaint log", "שלום \u202efdp.exe very long name " + "x" * 60 + ".pdf", "rejected"),
    ]


def versions() -> list[Row]:
    def row(number: int, mark: str, state: str, word: str, note: str, reviews: list[tuple[bool | None, str]]) -> Row:
        return Row(
            number=number, mark=mark, state=state, word=word, file=f"Major incident procedure v{number}.docx",
            size=83114, received="Received 20 Nov 2026 14:07:31 UTC from Service desk lead",
            dates="In effect 16 Nov 2026", note=note, reviews=reviews, actions=[("Compare with 3", "#")],
        )  # fmt: skip

    return [
        row(4, "waiting", "in_review", "", "Adds the hourly message; approval on page 1.", [(None, "Which page?")]),
        row(3, "counts", "current", "Current and counts", "", [(True, "Accepted by Evidence reviewer, 16 Jan 2026")]),
        row(2, "old", "replaced", "", "", []),
        row(1, "rejected", "rejected", "", "", [(False, "Rejected by Evidence reviewer: draft, no approval.")]),
    ]


def counts() -> list[Row]:
    def row(requirement: str, role: str, weight: int, now: tuple[str, int], without: tuple[str, int]) -> Row:
        return Row(
            requirement=requirement, url="#r", text="Handle major incidents by a documented procedure.",
            role=role, weight=weight, letter=now[0], value=Fraction(now[1], 100),
            letter_without=without[0], value_without=Fraction(without[1], 100),
        )  # fmt: skip

    return [row("8.6.1-e", "demanded", 3, ("L", 60), ("N", 0)), row("7.5.4-a", "supporting", 1, ("F", 100), ("F", 97))]


def drawings() -> list[tuple[str, str, Markup]]:
    return [(title, f"sg-{key}", Markup(drawing)) for title, key, drawing in _drawn()]  # noqa: S704 - our own drawing


def _drawn() -> list[tuple[str, str, str]]:
    groups = (
        "Governance", "Planning and risk", "Support", "Service portfolio", "Relationship", "Supply and demand",
        "Design and transition", "Resolution", "Assurance", "Evaluation", "Improvement",
    )  # fmt: skip
    spokes = [charts.Spoke(name, 1 + (n * 7 % 9) / 3) for n, name in enumerate(groups)]
    line = [charts.Point(date(2025 + n // 12, n % 12 + 1, 1), Fraction(30 + 2 * n, 100)) for n in range(5, 23)]
    ticks = [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")]
    then = charts.Point(STAGE_1, Fraction(54, 100))
    events = (charts.Event(date(2025, 10, 14), "Audit"), charts.Event(STAGE_1, "Stage 1"))
    trend = charts.trend(
        line, key="tr", title="Coverage", desc="From 40 % to 74 %; 54 % at stage 1 if nothing changes", ticks=ticks,
        forecast=then, events=events, value_text="74 %",
    )  # fmt: skip
    index = [charts.Point(p.day, float(p.value or 0) * 5) for p in line]
    maturity = charts.trend(
        index, key="tm", title="Maturity index", desc="From 2.0 to 3.7", ticks=[(1, "1"), (3, "3"), (5, "5")],
        violet=True, value_text="3.70",
    )  # fmt: skip
    rows = [charts.BandRow(f"{n} Clause {n}", {"F": 9 - n, "L": n, "P": 1, "N": n % 3}) for n in range(4, 9)]
    shares = [charts.ShareRow("Incident management", Fraction(5, 6), "83 %"), charts.ShareRow("Demand", None, "–")]
    lanes = [
        charts.Lane("Supplier contracts", (charts.Span(date(2026, 9, 1), date(2026, 11, 5), "done"),)),
        charts.Lane("Risk assessment", (charts.Span(date(2026, 11, 1), date(2026, 12, 15), "now", "half done"),)),
        charts.Lane("Internal audit", (charts.Span(date(2026, 12, 1), date(2027, 2, 1), "planned", "IA-2026-04"),)),
        charts.Lane("Continuity test", (charts.Span(date(2026, 10, 1), date(2026, 10, 20), "late", "overdue"),)),
    ]
    heat = [
        charts.HeatRow(
            f"{r.number} {r.title}",
            tuple(charts.HeatCell(c.number, c.letter, "67" if c.letter else "", c.flag) for c in r.cells),
        )
        for r in map_rows()
    ]
    first, last = date(2026, 9, 1), date(2027, 4, 1)
    marks = [(TODAY, "today"), (STAGE_1, "stage 1")]
    return [
        ("Coverage over time", "c1", trend),
        ("Maturity index", "c2", maturity),
        ("By group", "c3", charts.radar(spokes, key="rd", title="Index by group", desc="Eleven groups", target=3)),
        ("Bands by clause", "c4", charts.band_bars(rows, key="bb", title="Bands", desc="Requirements by band")),
        ("Shares", "c5", charts.share_bars(shares, key="sb", title="Shares", desc="Two", limit=Fraction(85, 100))),
        (
            "Roadmap",
            "c6",
            charts.timeline(lanes, key="tl", title="Roadmap", desc="Four", first=first, last=last, marks=marks),
        ),
        ("Heat map", "c7", charts.heat_map(heat, key="ht", title="Heat map", desc="Coverage of clauses")),
        ("Level", "c8", charts.ladder(2, key="ld", title="Level 2 of 5, target 3", target=3)),
    ]


def want(state: str, name: str, about: str, verb: str) -> Row:
    opened = state == "rejected"
    return Row(state=state, name=name, about=about, verb=verb, open=opened, due="since 12 Nov", due_note="11 days")


def box(caption: str, corner: str, value: str, about: str, *, forecast: bool = False) -> Row:
    body = Markup('<div class="v">{}</div><p class="s dim num">{}</p>').format(value, about)
    return Row(caption=caption, corner=corner, forecast=forecast, body=body)


def sample() -> Row:
    """Everything the style guide shows."""
    wanted = [
        want("rejected", "Major incident criteria", "Incident management. Holds back 8.6.1-e", "Replace"),
        want("missing", "Notifications to top management", "8.6.1-g", "Add"),
    ]
    lapses = [
        Row(day=date(2026, 12, 16), name="Improvement opportunity register", url="#", about="Mandated by 10.2"),
        Row(day=date(2027, 1, 14), name="Major incident procedure", url="#", about="Mandated by 8.6.1"),
    ]
    boxes = [
        box("Readiness today", "23 Nov 2026", "Not ready", "248 requirements, seven renewals"),
        box("At stage 1, if renewed", "12 Jan 2027", "Not ready", "Seven renewals are needed first", forecast=True),
        box("Coverage of requirements", "248", "73 %", "132 F, 49 L, 43 P, 24 N"),
        box("Maturity, lowest process", "29", "1 Initial", "9 processes hold it at 1. Index 2.7"),
    ]
    return Row(
        boxes=boxes, gates=gates(), map_rows=map_rows(), criteria=criteria(), lapses=lapses, today=TODAY,
        stage_1=STAGE_1, levels=LEVELS, months=months(), quarters=quarters(), wanted=wanted, items=items(),
        bands=(("N", Fraction(0)), ("P", Fraction(1, 2)), ("L", Fraction(846, 1000)), ("F", Fraction(854, 1000))),
        capped=Fraction(83, 100), limit=Fraction(85, 100), full=Fraction(998, 1000),
        good=("Numbers or named services, not adjectives", "Says who declares a major incident", "Dated and approved"),
        versions=versions(), counts=counts(), moment=datetime(2026, 11, 20, 14, 7, 31, tzinfo=UTC),
        conflict=[Row(name="title", label="Title", theirs="Major incidents", yours="Major incident handling")],
        long="\n".join(f"Line {n} of a longer text that somebody pasted." for n in range(1, 30)), charts=drawings(),
    )  # fmt: skip
