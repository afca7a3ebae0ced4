"""The blueprint of readiness, shared by the modules of its pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("readiness", __name__)
