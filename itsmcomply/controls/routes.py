"""Pages of controls."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("controls", __name__)
