"""Pages of systems."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("systems", __name__)
