"""Pages of activity."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("activity", __name__)
