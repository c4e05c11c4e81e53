"""Paper: A4 pages as PDF. The only file that imports fpdf, and only when something is printed.

The letters are those of the fonts every reader has, in the Windows alphabet: all of French and English. Others, such as
those of Bambara, are spelled as a phone spells them.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from models import gsm

FONT, LETTERS = "helvetica", "windows-1252"
WIDE, HIGH, MARGIN = 210.0, 297.0, 12.0  # millimetres
BOTTOM = HIGH - 14
POINT = 25.4 / 72
GREY, STRIPE = 120, 238


def printable(text: str) -> str:
    """A text in letters that can be printed."""
    kept = (char if _fits(char) else gsm.to_gsm7(char, "fr").text for char in text)
    return "".join(kept).encode(LETTERS, "replace").decode(LETTERS)


def _fits(char: str) -> bool:
    try:
        return bool(char.encode(LETTERS))
    except UnicodeEncodeError:
        return False


class Paper:
    """Pages to draw on, in millimetres from the top left corner; sizes of letters in points."""

    def __init__(self, title: str, now: datetime) -> None:
        """Open a document that has no page yet."""
        from fpdf import FPDF  # a quarter of a second that nothing but paper needs

        self._pdf = FPDF(unit="mm", format="A4")
        self._pdf.core_fonts_encoding = LETTERS
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_title(printable(title))
        self._pdf.set_creation_date(now)

    def turn(self) -> None:
        """Begin a page."""
        self._pdf.add_page()

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """How wide a text is."""
        self._pdf.set_font(FONT, "B" if bold else "", size)
        return float(self._pdf.get_string_width(printable(text)))

    def write(self, x: float, y: float, text: str, size: float, bold: bool = False, grey: bool = False) -> None:
        """Write a line that begins at x and stands on y."""
        self._pdf.set_font(FONT, "B" if bold else "", size)
        self._pdf.set_text_color(GREY if grey else 0)
        self._pdf.text(x, y, printable(text))

    def write_to(self, x: float, y: float, text: str, size: float, bold: bool = False) -> None:
        """Write a line that ends at x and stands on y."""
        self.write(x - self.width(text, size, bold), y, text, size, bold)

    def stripe(self, x: float, y: float, wide: float, high: float) -> None:
        """A light bar, so that the eye keeps to a row."""
        self._pdf.set_fill_color(STRIPE)
        self._pdf.rect(x, y, wide, high, style="F")

    def rule(self, y: float) -> None:
        """A line across the page."""
        self._pdf.line(MARGIN, y, WIDE - MARGIN, y)

    def broken(self, text: str, size: float, room: float) -> list[str]:
        """A text in lines of which none is wider than the room, as far as its words allow."""
        lines, line = [], ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and self.width(longer, size) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        return [*lines, line]

    def save(self, path: Path) -> None:
        """Write the document to a file."""
        path.write_bytes(bytes(self._pdf.output()))


class Place:
    """Where the next line stands. The page is turned when it is full: its foot says whose it is, and its number."""

    def __init__(self, paper: Paper, foot: str) -> None:
        """Begin before the first page."""
        self._paper, self._foot, self._page, self._y = paper, foot, 0, BOTTOM

    def down(self, high: float, heads: bool = False) -> float:
        """Where a line of this height stands; no heading stands alone at the end of a page."""
        if self._y + high * (2 if heads else 1) > BOTTOM:
            self._turn()
        self._y += high
        return self._y

    def _turn(self) -> None:
        self._page, self._y = self._page + 1, MARGIN
        self._paper.turn()
        self._paper.write(MARGIN, HIGH - 8, self._foot, 8, grey=True)
        self._paper.write_to(WIDE - MARGIN, HIGH - 8, str(self._page), 8)


def line_height(size: float) -> float:
    """How high a line of letters of a size is."""
    return size * POINT * 1.3


def widest(paper: Paper, texts: Sequence[str], size: float, bold: bool = False) -> float:
    """The width of the widest of some texts."""
    return max((paper.width(text, size, bold) for text in texts), default=0.0)
