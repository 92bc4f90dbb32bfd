"""Blocks of a document → PDF with Russian and Kazakh letters. A4, our own font inside."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from fpdf import FPDF
from fpdf.enums import TableBordersLayout

from bookings.documents.text import Block, Heading, Table

FONTS = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
FAMILY = "desk"
MARGIN_MM = 18
SIZES = {1: 15, 2: 11.5}
TEXT_PT, LINE_MM = 10, 5.2

# Says at every file which letters it has left out.
logging.getLogger("fontTools").setLevel(logging.ERROR)


class Paper(FPDF):
    """Pages with a quiet foot: what it is, and which page of how many."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        folder = Path(settings.NPM_ROOT) / "dejavu-fonts-ttf" / "ttf"
        for style, file in FONTS.items():
            self.add_font(FAMILY, style, folder / file)
        self.foot = foot
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(True, margin=MARGIN_MM + 4)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(FAMILY, size=8)
        self.set_text_color(110, 110, 115)
        self.cell(0, 6, f"{self.foot} · {self.page_no()}/{{nb}}", align="C")
        self.set_text_color(0)


def make_pdf(blocks: Iterable[Block], *, title: str, foot: str) -> bytes:
    paper = Paper(foot)
    paper.set_title(title)
    paper.set_lang("ru")
    paper.add_page()
    for block in blocks:
        _draw(paper, block)
    return bytes(paper.output())


def _draw(paper: Paper, block: Block) -> None:
    if isinstance(block, Table):
        _draw_table(paper, block)
        return
    is_heading = isinstance(block, Heading)
    size = SIZES[block.level] if isinstance(block, Heading) else TEXT_PT
    if not block.text.strip():
        paper.ln(LINE_MM / 2)
        return
    paper.set_font(FAMILY, "B" if is_heading else "", size)
    if is_heading:
        paper.ln(1.5)
    height = LINE_MM * size / TEXT_PT
    paper.multi_cell(0, height, block.text, align="L", new_x="LMARGIN", new_y="NEXT")
    if is_heading:
        paper.ln(1.5)


def _draw_table(paper: Paper, block: Table) -> None:
    paper.set_font(FAMILY, "", TEXT_PT - 1)
    paper.ln(1)
    with paper.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES, line_height=LINE_MM, padding=0.6
    ) as table:
        for cells in block.rows:
            row = table.row()
            for cell in cells:
                row.cell(cell)
    paper.ln(2)
