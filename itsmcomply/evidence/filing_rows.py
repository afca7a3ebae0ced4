"""The rows of "File evidence": one form per file or statement, filled with what name, content and address suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _

from itsmcomply.clauses.model import Artefact, Catalogue, Facet
from itsmcomply.clauses.suggest import Suggester
from itsmcomply.errors import IntegrityFailure
from itsmcomply.evidence.forms import FilingForm, artefact_named, day_of
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.models import Blob, Upload
from itsmcomply.evidence.periods import Span, last_ended, period_in_name
from itsmcomply.evidence.queries.views import SameBytes
from itsmcomply.evidence.routes_uploads import reason_in_words
from itsmcomply.evidence.sniff import Preview, by_key, encoding_of
from itsmcomply.evidence.store import Store

_READ_FOR_SUGGESTIONS = 1024 * 1024  # larger text files are suggested by their name alone


@dataclass(slots=True)
class Row:
    """One thing to be filed. `token` is "" for links and statements. `others`: further artefacts that may fit."""

    form: FilingForm
    kind: VersionKind
    token: str = ""
    file_name: str = ""
    size: int = 0
    type_key: str = ""
    why: str = ""
    others: Sequence[str] = ()
    same: Sequence[SameBytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Given:
    """What the address of the page asks for: an artefact, a period."""

    artefact: Artefact | None
    start: date | None
    end: date | None


def given(catalogue: Catalogue) -> Given:
    return Given(
        artefact_named(catalogue, request.args.get("artefact", "")),
        day_of(request.args.get("from", "")),
        day_of(request.args.get("to", "")),
    )


def file_row(
    index: int,
    token: str,
    upload: Upload,
    blob: Blob,
    *,
    catalogue: Catalogue,
    suggester: Suggester,
    store: Store,
    asked: Given,
    today: date,
) -> Row:
    """The row of one stored file, prefilled."""
    found = suggester.suggest(upload.file_name, beginning_of_text(store, blob), limit=4)
    names = [catalogue.artefacts[s.artefact].name for s in found]
    artefact = asked.artefact or (catalogue.artefacts[found[0].artefact] if found else None)
    why = _("asked for on the page before") if asked.artefact else (reason_in_words(found[0]) if found else "")
    form = new_form(index, artefact, days_for(artefact, upload.file_name, asked, today))
    others = [name for name in names if artefact is None or name != artefact.name]
    return Row(form, VersionKind.FILE, token, upload.file_name, blob.size, blob.detected_type, why, others)


def new_form(index: int, artefact: Artefact | None, days: tuple[date | None, date | None]) -> FilingForm:
    """An empty row's form with suggestions in it."""
    data: Mapping[str, Any] = {
        "artefact": artefact.name if artefact else "",
        "title": artefact.name if artefact else "",
        "period_from": days[0],
        "effective_on": days[1],
    }
    return FilingForm(formdata=None, data=data, prefix=f"f{index}-")


def days_for(artefact: Artefact | None, file_name: str, asked: Given, today: date) -> tuple[date | None, date | None]:
    """First and last day to suggest: as asked for, as the name says, else the last ended period, else today."""
    if asked.end is not None:
        return asked.start, asked.end
    if artefact is None or artefact.facet is Facet.DOCUMENTED:
        return None, today
    named = period_in_name(file_name)
    if named is not None and named.end <= today:
        return named.start, named.end
    if artefact.every is not None:
        period = last_ended(today, artefact.every)
        return period.start, period.end
    return None, today


def span_or_none(start: date | None, end: date | None) -> Span | None:
    """The span of two days where both are known and in order."""
    return Span(start, end) if start is not None and end is not None and start <= end else None


def beginning_of_text(store: Store, blob: Blob) -> str:
    """The first characters of a small text file, else ""; a damaged one is reported where it is opened."""
    kind = by_key(blob.detected_type)
    if kind.preview not in {Preview.TEXT, Preview.TABLE} or blob.size > _READ_FOR_SUGGESTIONS:
        return ""
    try:
        with store.open(blob.sha256) as file:
            head = file.read(20_000)
    except IntegrityFailure:
        return ""
    return head.decode(encoding_of(head) or "utf-8", "replace")
