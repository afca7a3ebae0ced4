"""Reads about evidence: register, item page, review queue, my work, uploads."""
