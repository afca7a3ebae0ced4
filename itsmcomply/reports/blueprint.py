"""The blueprint of reports, shared by the modules of its pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("reports", __name__)
