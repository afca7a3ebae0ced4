"""Reads the part of the pack about audits, findings and reviews out of the database, as known on the day."""

from itsmcomply.reports.auditing.part import audit_part
from itsmcomply.reports.auditing.sight import Sight

__all__ = ["Sight", "audit_part"]
