"""Scenario files: a whole management system with its history as YAML, replayed through the ordinary operations."""
