"""How a page is laid out: numbers before the options, the reserved keys at the foot, as many sheets as it takes."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from flows import i18n
from flows.engine import paging
from flows.engine.pages import BACK, Ask, Done, Menu, Option, Page
from models import gsm

_ = i18n.words(__name__)
_FREE = (*range(1, 8), *range(10, 98))


def numbered(options: Any) -> Iterator[tuple[str, Option]]:
    """Give each option its number: 1 to 7, then 10 and up, since 8 and 9 are keys; none is given twice."""
    fixed = {option.number for option in options}
    free = (number for number in _FREE if number not in fixed)
    for option in options:
        yield str(option.number or next(free)), option


def laid_out(page: Page, options: list[tuple[str, Option]], above: str, at_home: bool, deep: bool) -> list[str]:
    """The sheets of a page as the phone shows them, in the language being spoken."""
    text = page.prompt if isinstance(page, Ask) else page.text
    text = f"{above}\n{text}" if above else text
    labels = [f"{number} {option.label}" for number, option in options]
    if isinstance(page, Menu) and page.read_first and labels:
        labels = ["\n".join(labels)]  # in one piece, which is the last one
    language = i18n.spoken()
    return paging.sheets(text, labels, _footers(page, at_home, deep), lambda each: _in_gsm7(each, language))


@lru_cache(maxsize=4096)
def _in_gsm7(text: str, language: str) -> str:
    """What a phone shows of a text; most are options and footers that were shown before."""
    return gsm.to_gsm7(text, language).text


def _footers(page: Page, at_home: bool, deep: bool) -> paging.Footers:
    more, back = "\n" + _("9 Suite"), "\n" + _("0 Retour")
    out = back if deep else "\n" + _("0 Menu")
    if at_home or isinstance(page, Done) or (isinstance(page, Ask) and BACK not in page.keys):
        out = ""
    if isinstance(page, Done):
        return paging.Footers("", more, more + back, "")
    return paging.Footers(out, more + out, more + back, back)
