"""Five rising steps: a maturity level as a picture."""

from __future__ import annotations

from itsmcomply.charts import svg

STEPS = 5


def ladder(
    level: int, *, key: str, title: str, target: int | None = None, width: float = 92, height: float = 40
) -> str:
    """Draw the steps, those up to `level` (1 to 5) filled, with a pointer over `target` where it lies above."""
    gap = 3.0 if width >= 60 else 2.0
    step_width = (width - gap * (STEPS - 1)) / STEPS
    body = ""
    for step in range(1, STEPS + 1):
        rise = height * (0.24 + 0.76 * (step - 1) / (STEPS - 1))
        x, on = (step - 1) * (step_width + gap), step <= level
        fill, kind = (svg.VIOLET, "f-on") if on else (svg.VIOLET_OFF, "f-off")
        body += svg.el("rect", x=x, y=height - rise, width=step_width, height=rise, rx=1, fill=fill, class_=kind)
        if step == target and not on:
            tip = f"M{svg.num(x + step_width / 2 - 3)} {svg.num(max(0.0, height - rise - 5))}h6l-3 4z"
            body += svg.el("path", d=tip, fill=svg.INK, class_="strong")
    return svg.chart(key, title, title, body, width=width, height=height)
