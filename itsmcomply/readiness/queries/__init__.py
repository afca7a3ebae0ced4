"""Reads for pages of readiness. Each takes a `View` (one system, one day, one model) and returns frozen values.

Apart from `open_view` and the few functions that take a session, none of them asks the database.
"""
