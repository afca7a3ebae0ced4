"""The report being written: its body as text, its headings, and the pictures it brings in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from struct import unpack

from itsmcomply.language import _, say
from itsmcomply.reports.model import Pack
from itsmcomply.reports.word import xml
from itsmcomply.reports.word.charts import Chart
from itsmcomply.reports.word.xml import TEXT_WIDTH
from itsmcomply.wording import N_


@dataclass
class Report:
    """Collects blocks in order. `embed` stores a PNG in the document and gives the name of the relation to it."""

    pack: Pack
    embed: Callable[[bytes], str]
    headings: xml.Headings = field(default_factory=xml.Headings)
    blocks: list[str] = field(default_factory=list)
    _pictures: int = 0

    def heading(self, level: int, words: str) -> None:
        self.blocks.append(self.headings.add(level, words))

    def text(self, words: str, style: str = "Normal") -> None:
        self.blocks.append(xml.text(style, words))

    def keep(self, first: int) -> None:
        """Keep the blocks from number `first` on one page."""
        self.blocks[first:-1] = [xml.kept(block) for block in self.blocks[first:-1]]

    def bullets(self, lines: Sequence[str]) -> None:
        self.blocks.extend(xml.text("ListBullet", line) for line in lines)

    def table(
        self, widths: Sequence[int], heads: Sequence[str], rows: Sequence[xml.Row], *, style: str = "ReportRows"
    ) -> None:
        """A table; without rows only a sentence that says so."""
        if rows:
            self.blocks.append(xml.table(widths, heads, rows, style=style))
            self.blocks.append(xml.paragraph("Note"))
        else:
            self.text(_("None."), "Note")

    def chart(self, chart: Chart, *, share: float = 1.0) -> None:
        """A picture at `share` of the text width, with its caption below."""
        self._pictures += 1
        width, height = unpack(">II", chart.png[16:24])  # a PNG says its size in its first chunk
        wide = int(TEXT_WIDTH * share)
        relation = self.embed(chart.png)
        self.blocks.append(
            xml.picture(relation, self._pictures, alt=chart.alt, width=wide, height=wide * height // width)
        )
        told = say(N_("Figure %(n)s. %(caption)s. %(alt)s"), n=self._pictures, caption=chart.caption, alt=chart.alt)
        self.text(told, "Caption")
