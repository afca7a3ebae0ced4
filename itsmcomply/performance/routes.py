"""Pages of management reviews; the modules beside this one hold them by subject."""

from __future__ import annotations

from itsmcomply.performance import routes_papers, routes_review, routes_reviews
from itsmcomply.performance.blueprint import blueprint

__all__ = ["blueprint", "routes_papers", "routes_review", "routes_reviews"]
