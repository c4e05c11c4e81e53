"""Text that a spreadsheet would run as a formula is disarmed by an apostrophe, and armed again on its way back.

Both ways together change nothing: a text that has its own apostrophes before a sign is given one more.
"""

import re

_SIGNS = "=+\\-@＝＋－＠"
_WOULD_RUN = re.compile(rf"'*(?:\s*[{_SIGNS}]|[\t\r\n])")


def disarmed(text: str) -> str:
    """The text as it may stand in a cell."""
    return f"'{text}" if _WOULD_RUN.match(text) else text


def armed(cell: str) -> str:
    """The text that was meant by a cell."""
    return cell[1:] if cell.startswith("'") and _WOULD_RUN.match(cell) else cell
