"""What every page shows around its content: navigation, as-of day, bands, person, basis. Values only, no request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from itsmcomply.permissions import Permission

Theme = Literal["light", "dark", "auto"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the side bar. `count` names the figure beside it: things that need the person, never totals.
    `key` follows `g` on the keyboard.
    """

    endpoint: str
    label: LazyString
    icon: str
    permission: Permission
    count: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class NavGroup:
    label: LazyString | str
    items: tuple[NavItem, ...]


NAV: tuple[NavGroup, ...] = (
    NavGroup(
        "",
        (
            NavItem("readiness.overview", _l("Overview"), "layout-dashboard", Permission.VIEW_SYSTEM, key="o"),
            NavItem("evidence.my_work", _l("My work"), "checklist", Permission.FILE_EVIDENCE, "my_work", key="w"),
            NavItem(
                "evidence.review_queue", _l("Review queue"), "inbox", Permission.REVIEW_EVIDENCE, "review", key="r"
            ),
        ),
    ),
    NavGroup(
        _l("Evidence"),
        (
            NavItem("evidence.register", _l("Register"), "files", Permission.VIEW_EVIDENCE, key="e"),
            NavItem("readiness.calendar", _l("Calendar"), "calendar-month", Permission.VIEW_EVIDENCE),
        ),
    ),
    NavGroup(
        _l("Standard"),
        (
            NavItem("readiness.clauses", _l("Clauses"), "book", Permission.VIEW_SYSTEM, key="c"),
            NavItem("readiness.artefacts", _l("Artefacts"), "file-text", Permission.VIEW_SYSTEM),
            NavItem("readiness.processes", _l("Processes"), "sitemap", Permission.VIEW_SYSTEM),
            NavItem("controls.index", _l("Controls"), "shield-check", Permission.VIEW_SYSTEM),
        ),
    ),
    NavGroup(
        _l("Audit"),
        (
            NavItem("audits.programme", _l("Programme"), "calendar-event", Permission.VIEW_SYSTEM),
            NavItem("audits.index", _l("Audits"), "clipboard-check", Permission.VIEW_SYSTEM, key="a"),
            NavItem("findings.index", _l("Findings"), "flag", Permission.VIEW_SYSTEM, "findings"),
            NavItem("performance.reviews", _l("Management review"), "users-group", Permission.VIEW_SYSTEM),
        ),
    ),
    NavGroup(
        _l("Record"),
        (
            NavItem("reports.exports", _l("Exports"), "report-search", Permission.EXPORT),
            NavItem("activity.trail", _l("Activity trail"), "history", Permission.VIEW_ACTIVITY),
            NavItem("systems.settings", _l("Settings"), "settings", Permission.VIEW_SYSTEM),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class NavLink:
    url: str
    label: str
    icon: str
    current: bool = False
    count: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class NavSection:
    label: str
    links: tuple[NavLink, ...]


@dataclass(frozen=True, slots=True)
class SystemLink:
    """A management system the person belongs to."""

    name: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class DayChoice:
    """A quick choice of the as-of control. `hint`: "as it was", "forecast" or empty."""

    day: date
    label: str
    url: str
    hint: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day the page speaks about. `action` is the address the date field is sent to, `today_url` the way back."""

    day: date
    today: date
    action: str
    today_url: str
    choices: tuple[DayChoice, ...] = ()

    @property
    def kind(self) -> Literal["past", "today", "future"]:
        if self.day == self.today:
            return "today"
        return "past" if self.day < self.today else "future"


@dataclass(frozen=True, slots=True)
class Person:
    """The signed-in person. `single_keys` False switches the one-letter shortcuts off (WCAG 2.1.4)."""

    name: str
    role: str
    theme: Theme = "auto"
    single_keys: bool = True
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """What a result on the page was computed from; digests are shown shortened, and whole in print."""

    day: date
    catalogue: str
    policy: str
    model: str


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything the base templates read. `urls` may hold home, search, profile, sign_out, help, admin."""

    person: Person | None = None
    system: SystemLink | None = None
    systems: tuple[SystemLink, ...] = ()
    nav: tuple[NavSection, ...] = ()
    as_of: AsOf | None = None
    mode: Literal["", "demonstration", "trial"] = ""
    basis: Basis | None = None
    urls: Mapping[str, str] | None = None

    @property
    def can_change(self) -> bool:
        """False on any day but today: buttons that change things are gone."""
        return self.as_of is None or self.as_of.kind == "today"

    def url(self, name: str) -> str:
        """The address called `name`, or "" where there is none."""
        return (self.urls or {}).get(name, "")


def navigation(
    may: Callable[[Permission], bool],
    address: Callable[[str], str | None],
    *,
    current: str,
    counts: Mapping[str, int],
) -> tuple[NavSection, ...]:
    """The side bar for one person: only what the role may open and what exists, empty groups left out.

    `address` gives the URL of an endpoint, None when the application has no such page; `current` is the endpoint shown.
    """
    sections = []
    for group in NAV:
        links = []
        for item in group.items:
            url = address(item.endpoint) if may(item.permission) else None
            if url is not None:
                here = item.endpoint == current
                links.append(NavLink(url, str(item.label), item.icon, here, counts.get(item.count, 0), item.key))
        if links:
            sections.append(NavSection(str(group.label), tuple(links)))
    return tuple(sections)
