"""What the pages of populations and samples share: addresses, the audit, who may work here, choices of rows."""

from __future__ import annotations

from io import BytesIO

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from itsmcomply.audits.blueprint import NUMBER
from itsmcomply.audits.models import Audit
from itsmcomply.audits.sampling.operations import file_paper
from itsmcomply.audits.sampling.queries import SampleView, audit_row_by_key
from itsmcomply.audits.sampling.working import Working, working
from itsmcomply.db import end_read
from itsmcomply.evidence.operations import Desk
from itsmcomply.evidence.store import Stored
from itsmcomply.web.identity import clock, current_system, reader, require_person, settings
from itsmcomply.web.resources import resources
from itsmcomply.web.translations import readers_language

AT = "/s/<slug>/audits/<key>"
POPULATION = f"{AT}/populations/<{NUMBER}:number>"
SAMPLE = f"{AT}/samples/<{NUMBER}:number>"


def audit_here(key: str) -> Audit:
    """The audit of this address. Raises NotFound."""
    return audit_row_by_key(reader(), current_system().id, key)


def working_in(audit: Audit) -> Working:
    """What the person who looks may do."""
    return working(reader(), resources().catalogue, audit, require_person().actor)


def row_choices(rows: tuple[str, ...]) -> list[SelectChoice]:
    """Rows of the checklist with the beginning of their text."""
    known = resources().catalogue.requirements
    return [SelectChoice(one, f"{one} {known[one].text[:70]}") for one in rows if one in known]


def paper_name(view: SampleView) -> str:
    return f"{view.audit.key}-{view.row.key}-working-paper.xlsx"


def written_paper(view: SampleView) -> bytes:
    """The working paper as it stands, in the language of the reader."""
    from itsmcomply.audits.sampling.paper import write_paper  # openpyxl takes 8 MB

    with readers_language():
        return write_paper(view, made_at=clock().now())


def stored_paper(view: SampleView) -> Stored:
    """Write the working paper as it stands into the store, before any transaction opens."""
    content = written_paper(view)
    end_read()
    return resources().store.put(BytesIO(content), limit=settings().upload_limit_bytes, name=paper_name(view))


def file_as_read(at: Desk, view: SampleView, row_version: int, stored: Stored) -> None:
    """File a paper; refused when the sample changed after it was read."""
    file_paper(at, view.audit.key, view.row.number, stored, paper_name(view), row_version=row_version)
