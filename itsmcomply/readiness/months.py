"""Derives ended months for the trend after the answer has been sent, so that nobody waits for them."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import date

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from itsmcomply.db import transaction
from itsmcomply.readiness.operations import keep_days
from itsmcomply.readiness.queries.view import View

BUDGET_SECONDS = 1.0

log = logging.getLogger("itsmcomply")


def derive_afterwards(response: Response, view: View, system_id: int, days: Sequence[date]) -> Response:
    """Derive missing days, the latest first, once the answer is out; what does not fit the budget waits for a next
    look.
    """
    if days:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
        response.call_on_close(lambda: derive_days(app, view, system_id, days))
    return response


def derive_days(app: Flask, view: View, system_id: int, days: Sequence[date]) -> None:
    """Evaluate days and keep their figures in a short write of its own."""
    started, results = time.monotonic(), []
    for day in reversed(days):
        results.append(view.snapshot.result(day, view.model.key))
        if time.monotonic() - started > BUDGET_SECONDS:
            break
    try:
        with app.app_context(), transaction() as session:
            keep_days(session, system_id, results)
    except SQLAlchemyError as error:
        # Only a saving of work: the next look derives the same days again.
        log.warning("figures of %s ended days were not kept: %s", len(results), error)
