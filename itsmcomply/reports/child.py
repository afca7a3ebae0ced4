"""The child process of an export: `python -m itsmcomply.reports.child NUMBER`, with the instance in the environment.

It works under limits of memory and time, says how far it is, and leaves either a finished file or a failed export.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable

from sqlalchemy import update

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import as_actor
from itsmcomply.activity.operations import Origin, origin
from itsmcomply.clock import Clock, SystemClock, day_in_zone
from itsmcomply.db import db, end_read, transaction, write_connection
from itsmcomply.errors import DomainError, InvalidTransition
from itsmcomply.language import speaker_of, written_in
from itsmcomply.permissions import Actor
from itsmcomply.reports import files
from itsmcomply.reports.build import Order
from itsmcomply.reports.making import Target, make_file
from itsmcomply.reports.models import Export
from itsmcomply.reports.operations import Made, begin_export, fail_export, find_export, finish_export
from itsmcomply.reports.rules import ExportState
from itsmcomply.settings import Settings, instance_dir, load_settings
from itsmcomply.systems.queries import DEFAULT_ZONE, grants_of, zones
from itsmcomply.wording import N_, Sentence, say
from itsmcomply.worker import create_worker, load_rules

MEMORY_BYTES = 3 << 30
"""Address space, of which a register of 50,000 items resides in a tenth."""
CPU_SECONDS = 900
REPORT_EVERY_S = 0.7

log = logging.getLogger("itsmcomply.exports")


def main(arguments: list[str]) -> int:
    """Make the export of this number. Exit code 0 when a file came out, else 1."""
    export_id = int(arguments[0])
    limit()
    settings = load_settings(instance_dir(), os.environ)
    origin.set(Origin(address="export", request_id=str(export_id)))
    with create_worker(settings).app_context():
        return run(settings, SystemClock(), export_id)


def limit() -> None:
    """Bound memory and time where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))


def run(settings: Settings, clock: Clock, export_id: int) -> int:
    """Make it, and note how it ended."""
    with transaction() as session:
        begin_export(session, export_id, os.getpid())
        export = find_export(session, export_id)
        user = session.get_one(User, export.requested_by)
        actor, order, speaker = _actor(user, clock), _order(export), speaker_of(user.locale)
    if export.state is not ExportState.RUNNING:
        return 1  # cancelled before it began
    path = files.unfinished_path(settings.exports_dir, export_id)
    try:
        with written_in(speaker):
            make_file(db.session(), load_rules(), order, Target(export.kind, path), reporter(export_id))
        end_read()
        made = Made(*files.keep(path, settings.exports_dir, export.kind.value))
        with transaction() as session:
            finish_export(session, actor, clock, export_id, made)
    except InvalidTransition:
        return 1  # cancelled at the last moment; the file stays unnamed by any export
    except DomainError as error:
        return _failed(actor, clock, export_id, _sentence(error))
    except Exception as error:  # the edge of a process: whatever it was, the page has to say so
        log.exception("export %s", export_id)
        return _failed(actor, clock, export_id, _sentence(error))
    finally:
        path.unlink(missing_ok=True)
    return 0


def _sentence(error: Exception) -> Sentence:
    if isinstance(error, MemoryError):
        return say(N_("It needed more memory than an export may take."))
    if isinstance(error, DomainError):
        return say(N_("It could not be made: %(reason)s."), reason=str(error).rstrip("."))
    text = N_("It stopped on an unexpected error (%(name)s). The log of the server says more.")
    return say(text, name=type(error).__name__)


def _failed(actor: Actor, clock: Clock, export_id: int, message: Sentence) -> int:
    end_read()
    with transaction() as session:
        fail_export(session, actor, clock, export_id, message)
    return 1


def _actor(user: User, clock: Clock) -> Actor:
    """Who asked for it, as the trail names them."""
    me = as_actor(user)
    return Actor(me.user_id, me.name, me.email, me.is_admin, grants_of(db.session(), user.id, clock.now()).grants)


def _order(export: Export) -> Order:
    """Today is the day on which it was asked for, in the system's zone."""
    zone = zones(db.session(), [export.system_id]).get(export.system_id, DEFAULT_ZONE)
    return Order(export.system_id, export.as_of, day_in_zone(export.requested_at, zone), export.model)


def reporter(export_id: int) -> Callable[[int, int], None]:
    """A progress callback that notes how far the export is, not more often than people can see.

    It writes through a connection of its own: the read that the register streams from has to stay open.
    """
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < REPORT_EVERY_S:
            return
        last = time.monotonic()
        with write_connection(db.engine) as connection, connection.begin():
            connection.execute(update(Export).where(Export.id == export_id).values(done=done, total=total))

    return report


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
