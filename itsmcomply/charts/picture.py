"""SVG to PNG for Word, with the fonts that are shipped: a machine without fonts would drop all text without a word."""

from __future__ import annotations

from pathlib import Path

FONTS = Path(__file__).resolve().parent / "fonts"
FONT_FILES = ("Inter_400Regular.ttf", "Inter_600SemiBold.ttf")


def to_png(drawing: str, scale: float = 2.0) -> bytes:
    """The PNG of a chart on white, `scale` times its own size."""
    # Imported here because the library takes memory that only exports need.
    from resvg_py import svg_to_bytes

    picture: bytes = svg_to_bytes(
        svg_string=drawing,
        zoom=scale,
        background="#ffffff",
        skip_system_fonts=True,
        font_files=[str(FONTS / name) for name in FONT_FILES],
        font_family="Inter",
        sans_serif_family="Inter",
    )
    return bytes(picture)
