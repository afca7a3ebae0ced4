"""Jinja filters and globals: values to text in the reader's language, icons, fingerprinted assets. Decides nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.numbers import get_decimal_symbol
from flask import Flask, request, url_for
from flask_babel import LazyString, get_locale, lazy_gettext
from flask_babel import gettext as _gettext
from flask_babel import ngettext as _ngettext
from markupsafe import Markup, escape

from itsmcomply.findings import words as finding_words
from itsmcomply.readiness import words as readiness_words
from itsmcomply.web import display
from itsmcomply.web.numbers import Grouped, Spelled, capital
from itsmcomply.web.translations import language_tag
from itsmcomply.wording import Sentence, translated

NBSP = "\u00a0"

LABELS: Mapping[str, Mapping[str, LazyString]] = {
    "state": {
        **{key.value: lazy_gettext(text) for key, text in readiness_words.STATES.items()},
        "accepted": lazy_gettext("Accepted"),
        "withdrawn": lazy_gettext("Withdrawn"),
        "replaced": lazy_gettext("Replaced"),
        "blocked": lazy_gettext("Blocked"),
    },
    "band": {key.value: lazy_gettext(text) for key, text in readiness_words.BANDS.items()},
    "role": {
        "sms_manager": lazy_gettext("SMS manager"),
        "internal_auditor": lazy_gettext("Internal auditor"),
        "process_owner": lazy_gettext("Process owner"),
        "evidence_reviewer": lazy_gettext("Evidence reviewer"),
        "external_auditor": lazy_gettext("External auditor"),
        "viewer": lazy_gettext("Viewer"),
        "administrator": lazy_gettext("Administrator"),
    },
    "grade": {key.value: lazy_gettext(text) for key, text in finding_words.GRADES.items()},
    "finding_state": {key.value: lazy_gettext(text) for key, text in finding_words.STATES.items()},
    "finding_source": {key.value: lazy_gettext(text) for key, text in finding_words.SOURCES.items()},
    "cause_method": {key.value: lazy_gettext(text) for key, text in finding_words.METHODS.items()},
    "cause_category": {key.value: lazy_gettext(text) for key, text in finding_words.CATEGORIES.items()},
    "artefact_type": {
        "agreement": lazy_gettext("Agreement"),
        "log": lazy_gettext("Log"),
        "metric": lazy_gettext("Metric"),
        "minutes": lazy_gettext("Minutes"),
        "plan": lazy_gettext("Plan"),
        "policy": lazy_gettext("Policy"),
        "procedure": lazy_gettext("Procedure"),
        "record": lazy_gettext("Record"),
        "register": lazy_gettext("Register"),
        "report": lazy_gettext("Report"),
        "screenshot": lazy_gettext("Screenshot"),
    },
    "facet": {key.value: lazy_gettext(text) for key, text in readiness_words.FACETS.items()},
    "expectation": {
        "demanded": lazy_gettext("demanded"),
        "primary": lazy_gettext("primary"),
        "supporting": lazy_gettext("supporting"),
    },
    "status": {
        "not_ready": lazy_gettext("Not ready"),
        "stage_1_ready": lazy_gettext("Stage 1 ready"),
        "stage_2_ready": lazy_gettext("Stage 2 ready"),
    },
    "gate": {
        "documented": lazy_gettext("Documented"),
        "operated": lazy_gettext("Operated"),
        "checked": lazy_gettext("Checked"),
    },
    "control_kind": {
        "preventive": lazy_gettext("Preventive"),
        "detective": lazy_gettext("Detective"),
        "corrective": lazy_gettext("Corrective"),
    },
}


def gettext(english: str) -> str:
    return str(_gettext(english))


def ngettext(singular: str, plural: str, number: int) -> str:
    return str(_ngettext(singular, plural, number))


def label(key: object, kind: str) -> str:
    """The word for a key of `LABELS`; a key without one reads as itself, without underscores."""
    found = LABELS[kind].get(str(key))
    return str(key).replace("_", " ") if found is None else str(found)


def role_label(role: object) -> str:
    return label(role, "role")


def state_label(state: object) -> str:
    return label(state, "state")


def _language() -> str:
    """The language without its country: of all, only British English writes Sept, and sentences and files do not."""
    return language_tag().partition("_")[0]


def date_text(day: date | None) -> str:
    """The day as "14 Jan 2027" with no-break spaces; "" for None."""
    return "" if day is None else _date_text(day, _language())


# A register page writes a hundred days, many of them the same.
@lru_cache(maxsize=4096)
def _date_text(day: date, locale: str) -> str:
    return format_date(day, "d MMM y", locale=locale).replace(" ", NBSP)


@lru_cache(maxsize=4096)
def _date_tag(day: date, locale: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), _date_text(day, locale))


def date_tag(day: date | None) -> Markup:
    return Markup("") if day is None else _date_tag(day, _language())


def day_month(day: date) -> str:
    """The day as "14 Jan", where the year stands beside."""
    return format_date(day, "d MMM", locale=_language()).replace(" ", NBSP)


def month_text(day: date) -> str:
    """The month as "January 2027"."""
    return format_date(day, "LLLL y", locale=get_locale() or "en")


def moment_text(moment: datetime | None) -> str:
    """The moment as "20 Nov 2026 14:07:31 UTC": moments are told in UTC with seconds."""
    if moment is None:
        return ""
    return f"{format_datetime(moment.astimezone(UTC), 'd MMM y HH:mm:ss', tzinfo=UTC, locale=_language())} UTC"


def moment_tag(moment: datetime | None) -> Markup:
    if moment is None:
        return Markup("")
    stamp = moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Markup('<time datetime="{}">{}</time>').format(stamp, moment_text(moment))


def span(day: date, today: date) -> str:
    """How far `day` is from `today`, without a direction: "52 days", "1 day", "today"."""
    days = abs((day - today).days)
    return ngettext("%(num)d day", "%(num)d days", days) if days else gettext("today")


def relative(day: date, today: date) -> str:
    """The distance with its direction: "in 52 days", "tomorrow", "today", "yesterday", "11 days ago"."""
    days = (day - today).days
    if abs(days) <= 1:
        return (gettext("yesterday"), gettext("today"), gettext("tomorrow"))[days + 1]
    if days > 0:
        return ngettext("in %(num)d day", "in %(num)d days", days)
    return ngettext("%(num)d day ago", "%(num)d days ago", -days)


def percent_number(value: Fraction | None) -> str:
    """The number without the sign, with the reader's decimal mark; "" for None."""
    if value is None:
        return ""
    return display.percent_number(Fraction(value)).replace(".", get_decimal_symbol(get_locale() or "en"))


def percent(value: Fraction | None) -> str:
    """Percent as "85.4 %" (no-break space), "not rated" for None; never rounded onto a limit (ux principle 10)."""
    return gettext("not rated") if value is None else f"{percent_number(value)}{NBSP}%"


def file_name(name: str) -> Markup:
    """A file name exactly as uploaded, set apart from the direction of the text around it."""
    pieces = display.visible_name(name)
    inner = Markup("").join(
        Markup('<span class="mono">[{}]</span>').format(text) if hidden else escape(text) for text, hidden in pieces
    )
    return Markup('<bdi class="brk">{}</bdi>').format(inner)


def say(sentence: str) -> str:
    """A sentence of a lower floor in the reader's language; any other text as it is."""
    return translated(sentence, gettext) if isinstance(sentence, Sentence) else sentence


@cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@cache
def _asset_url(folder: str, script_root: str, name: str) -> str:  # noqa: ARG001 - part of the cache key
    # url_for puts the prefix of the running request in front; the same process may answer below several.
    return url_for("static", filename=name, v=_fingerprint(Path(folder) / name))


def _asset(app: Flask) -> Callable[[str], str]:
    def asset(name: str) -> str:
        """The address of a file in `static/`, with its fingerprint so that it may be cached for ever."""
        return _asset_url(str(app.static_folder), request.script_root, name)

    return asset


def _icon(asset: Callable[[str], str]) -> Callable[..., Markup]:
    def icon(name: str, extra: str = "", label: str = "") -> Markup:
        """An icon of the sprite. Hidden from readers unless `label` names it."""
        return _icon_tag(asset("icons.svg"), name, extra, str(label))

    return icon


@lru_cache(maxsize=1024)
def _icon_tag(sprite: str, name: str, extra: str, label: str) -> Markup:
    named = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="i {}" {}><use href="{}#{}"/></svg>').format(extra, named, sprite, name)


def register_filters(app: Flask) -> None:
    """Make the filters and the globals `asset` and `icon` known to every template."""
    asset = _asset(app)
    app.jinja_env.globals.update(asset=asset, icon=_icon(asset))
    app.jinja_env.filters.update(
        bytes=display.size_text,
        capital=capital,
        date=date_tag,
        date_text=date_text,
        day_month=day_month,
        file_name=file_name,
        grouped=Grouped,
        grouped_hash=display.grouped_hash,
        label=label,
        moment=moment_tag,
        moment_text=moment_text,
        month_text=month_text,
        percent=percent,
        percent_number=percent_number,
        relative=relative,
        role_label=role_label,
        say=say,
        short_hash=display.short_hash,
        signs=display.signs,
        span=span,
        spelled=Spelled,
        state_label=state_label,
    )
