"""Draw the two pictures that the demonstration files as they are: python tools/make_demo_files.py

Everything else in the demonstration is written when it is loaded, because it carries dates. Same source, same bytes.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import resvg_py

ROOT = Path(__file__).resolve().parent.parent
FONTS = sorted(str(path) for path in (ROOT / "itsmcomply" / "charts" / "fonts").glob("*.ttf"))
TARGET = ROOT / "itsmcomply" / "demo" / "files"

PROCESS_MAP = {
    "Lead and plan": ["Policy, scope, objectives", "Risks", "Service management plan", "Management review"],
    "Agree": ["Relationship", "Service levels", "Catalogue", "Suppliers"],
    "Build": ["Change", "Design and transition", "Release and deployment", "Configuration"],
    "Run": ["Incident", "Service request", "Problem", "Capacity and demand"],
    "Assure": ["Availability", "Continuity", "Information security", "Assets"],
    "Learn": ["Measure and report", "Internal audit", "Nonconformities", "Improvement"],
}
DEPENDENCIES = {
    "Managed Workplace": ["Managed Network", "Service Desk", "Fieldforce Support"],
    "Managed Network": ["Fibre Direct", "Fieldforce Support", "Facilities team"],
    "Managed Hosting": ["Managed Network", "Northern Datacentres", "Cumulus Cloud"],
    "Managed Backup": ["Managed Hosting", "Cumulus Cloud", "duplicates copies of Hosting until spring"],
    "Service Desk": ["Managed Workplace", "Facilities team"],
    "Security Monitoring": ["Managed Network", "Sentinel Watch"],
}


def box(x: int, y: int, width: int, text: str, *, strong: bool = False) -> str:
    fill, ink, weight = ("#22384f", "#ffffff", 600) if strong else ("#eef2f6", "#1d2731", 400)
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="38" rx="6" fill="{fill}" stroke="#9aa7b4"/>'
        f'<text x="{x + 12}" y="{y + 24}" font-family="Inter" font-size="14" font-weight="{weight}" fill="{ink}">'
        f"{escape(text)}</text>"
    )


def arrow(x: int, y: int) -> str:
    return f'<path d="M{x} {y} h14 m-5 -5 l5 5 l-5 5" fill="none" stroke="#22384f" stroke-width="2"/>'


def drawing(title: str, rows: dict[str, list[str]]) -> str:
    """One row per key: the key at the left, what belongs to it to the right."""
    parts = [f'<text x="24" y="40" font-family="Inter" font-size="20" font-weight="600">{escape(title)}</text>']
    for number, (head, cells) in enumerate(rows.items()):
        y = 64 + number * 54
        parts.append(box(24, y, 200, head, strong=True))
        parts.append(arrow(230, y + 19))
        width = 960 // max(len(cells), 1) - 12
        parts.extend(box(252 + index * (width + 12), y, width, cell) for index, cell in enumerate(cells))
    height = 64 + len(rows) * 54 + 12
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="1236" height="{height}">'
        f'<rect width="1236" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    pictures = {
        "process-map.png": drawing("How our processes fit together", PROCESS_MAP),
        "service-dependencies.png": drawing("What each service leans on", DEPENDENCIES),
    }
    for name, svg in pictures.items():
        picture = resvg_py.svg_to_bytes(svg_string=svg, font_files=FONTS, skip_system_fonts=True)
        (TARGET / name).write_bytes(bytes(picture))


if __name__ == "__main__":
    main()
