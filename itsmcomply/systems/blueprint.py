"""The blueprint that all pages of management systems hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("systems", __name__)
