"""Watch over the reading of an export: a thread of the server that notes progress and outcome. The reading itself
happens in a limited child (`tickets.limited`).
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from itsmcomply.activity.operations import Origin, origin
from itsmcomply.audits.sampling.kinds import ImportState
from itsmcomply.audits.sampling.models import AuditPopulation
from itsmcomply.audits.sampling.operations import end_import, finish_import, is_wanted
from itsmcomply.audits.tickets.limited import SECONDS, Cancelled, Understood, read_limited
from itsmcomply.audits.tickets.model import Options
from itsmcomply.audits.tickets.table import LARGEST_FILE
from itsmcomply.clock import Clock
from itsmcomply.db import db, end_read, transaction
from itsmcomply.errors import DomainError, InvalidInput
from itsmcomply.evidence.operations import Desk, open_desk
from itsmcomply.permissions import Actor
from itsmcomply.web.resources import resources_of
from itsmcomply.wording import N_, Sentence, say

REPORT_EVERY_S = 0.7
LOST_AFTER_S = SECONDS + 60
LARGEST_RECORDS = 512 << 20

log = logging.getLogger("itsmcomply.imports")


@dataclass(frozen=True, slots=True)
class Job:
    """One import: which population, where its file lies, who asked. The file is removed when it ends."""

    population_id: int
    system_id: int
    path: Path
    options: Options
    actor: Actor


def start(app: Flask, clock: Clock, job: Job) -> Thread:
    """Start the watch; the answer to the upload does not wait for it."""
    thread = Thread(target=run, args=(app, clock, job), name=f"import-{job.population_id}", daemon=True)
    thread.start()
    return thread


def run(app: Flask, clock: Clock, job: Job) -> None:
    """Read the file, keep it and its records, note how it ended."""
    origin.set(Origin(address="import", request_id=str(job.population_id)))
    with app.app_context(), tempfile.TemporaryDirectory(dir=job.path.parent) as folder:
        try:
            _import(app, clock, job, Path(folder) / "records")
        except SQLAlchemyError:
            # The database itself failed, so nothing can be noted in it; the page says that the reader is gone.
            log.exception("import %s", job.population_id)
        finally:
            end_read()
            job.path.unlink(missing_ok=True)


def _import(app: Flask, clock: Clock, job: Job, records: Path) -> None:
    try:
        found = read_limited(job.path, records, job.options, progress=_Progress(job.population_id))
        _keep(app, clock, job, found)
    except Cancelled:
        _end(app, clock, job, ImportState.CANCELLED)
    except InvalidInput as refused:
        _end(app, clock, job, ImportState.REFUSED, _sentence(refused))
    except DomainError as error:
        _end(app, clock, job, ImportState.REFUSED, say("%(what)s", what=error))
    except Exception:
        # The edge of a thread: whatever it was, the log holds it and the page has to say so.
        log.exception("import %s", job.population_id)
        _end(
            app,
            clock,
            job,
            ImportState.REFUSED,
            say(N_("It stopped on an unexpected error. The log of the server says more.")),
        )


def _sentence(refused: InvalidInput) -> Sentence:
    first = next(iter(refused.errors.values()))
    return first if isinstance(first, Sentence) else say("%(what)s", what=first)


def _keep(app: Flask, clock: Clock, job: Job, found: Understood) -> None:
    """The bytes of the export and of its records are durable before the short transaction that names them."""
    wanted = is_wanted(db.session(), job.population_id)
    end_read()
    if not wanted:
        raise Cancelled
    store = resources_of(app).store
    with found.records.open("rb") as file:
        records = store.put(file, limit=LARGEST_RECORDS, name="records")
    with job.path.open("rb") as file:
        export = store.put(file, limit=LARGEST_FILE, name="export")
    with _desk(app, clock, job) as desk:
        finish_import(desk, job.population_id, found.summary, records=records, export=export)


def _end(app: Flask, clock: Clock, job: Job, state: ImportState, message: Sentence | None = None) -> None:
    end_read()
    with _desk(app, clock, job) as desk:
        end_import(desk, job.population_id, state, message)


@contextmanager
def _desk(app: Flask, clock: Clock, job: Job) -> Iterator[Desk]:
    shared = resources_of(app)
    with transaction() as session:
        yield open_desk(
            session,
            job.actor,
            clock,
            catalogue=shared.catalogue,
            policy=shared.policy,
            system_id=job.system_id,
        )


class _Progress:
    """Notes the rows read, not more often than people can see, and hears whether it is wanted."""

    def __init__(self, population_id: int) -> None:
        self.population_id, self.last = population_id, 0.0

    def __call__(self, rows: int) -> bool:
        if time.monotonic() - self.last < REPORT_EVERY_S:
            return True
        self.last = time.monotonic()
        mine = AuditPopulation.id == self.population_id
        with transaction() as session:
            session.execute(update(AuditPopulation).where(mine).values(done=rows))
            wanted = is_wanted(session, self.population_id)
        db.session().close()
        return wanted
