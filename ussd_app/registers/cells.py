"""What a cell says: each reader takes the text of one cell and gives what is stored, or raises Wrong."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from models import gsm, phone
from ussd_app.registers.homes import Home
from ussd_app.registers.problems import Wrong

Choice = TypeVar("Choice", bound=StrEnum)

TEXT_AT_MOST = 2000
CODE_AT_MOST = 60
AMOUNT_AT_MOST = 10**15 - 1  # a spreadsheet keeps 15 digits, and so do sums of the ledger

_SPACES = " \u00a0\u202f"
_GROUPED = re.compile(rf"[0-9]+|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00(?::00)?)?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?")
_OFFSET = re.compile(r".*[0-9](?:Z|[+-][0-9]{2}:?[0-9]{2})", re.IGNORECASE)
_DIALLED = re.compile(rf"(?:tel:)?[+0-9().\-\u2010-\u2013/{_SPACES}]+", re.IGNORECASE)
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Soft hyphens, joiners, marks of direction, fillers, selectors: web pages, telephones and word processors leave them.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_FAILED = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})

COUNTRIES = {
    "burkina": "BF",
    "burkinafaso": "BF",
    "centrafrique": "CF",
    "republiquecentrafricaine": "CF",
    "cotedivoire": "CI",
    "guinee": "GN",
    "mali": "ML",
    "senegal": "SN",
} | {code.casefold(): code for code in phone.COUNTRIES}


def clean(cell: str) -> str:
    """A cell in one spelling: composed letters, one kind of line end, nothing that cannot be seen."""
    seen = cell if cell.isascii() else unicodedata.normalize("NFC", _INVISIBLE.sub("", cell))
    said = seen.replace("\r\n", "\n")
    if _UNSEEN.search(said):
        raise Wrong("la cellule contient un caractère invisible", "retapez son contenu")
    if said.strip() in _FAILED:
        raise Wrong("la cellule contient une erreur de calcul du tableur", "tapez la valeur elle-même")
    return said


def text(said: str) -> str:
    """Free words, without the spaces around them."""
    words = said.strip(_SPACES)
    if len(words) > TEXT_AT_MOST:
        raise Wrong("le texte est trop long", f"écrivez au plus {TEXT_AT_MOST} lettres")
    return words


def label(said: str) -> str:
    """Words that tell one row from another: the same ones, whatever spaces stand between them."""
    return text("\n".join(" ".join(line.split()) for line in said.split("\n")))


def code(said: str) -> str:
    """A code, a number as text or a reference: a few letters on one line, the same ones whatever spaces they have."""
    line = said.strip()
    word = " ".join(line.split())
    if len(word) > CODE_AT_MOST or any(letter in line for letter in "\n\r\t"):
        raise Wrong("ce n'est pas un code ou un numéro", f"écrivez au plus {CODE_AT_MOST} lettres sur une ligne")
    return word


def cooperative_code(said: str) -> str:
    """The code of a cooperative. Several are joined by semicolons elsewhere, so it has none."""
    word = code(said)
    if ";" in word:
        raise Wrong("un code ne contient pas de point-virgule", "écrivez un code par cellule, par exemple ML-KAY-01")
    return word


def whole(least: int, most: int = AMOUNT_AT_MOST) -> Callable[[str], int]:
    """The reader of a whole number between two bounds, thousands apart or not."""

    def read(said: str) -> int:
        digits = said.strip()
        if not _GROUPED.fullmatch(digits):
            raise Wrong("ce n'est pas un nombre entier", "écrivez seulement des chiffres, par exemple 12 500")
        number = int(re.sub(f"[{_SPACES}]", "", digits)) if len(digits) < 40 else most + 1
        if not least <= number <= most:
            raise Wrong("le nombre est trop petit ou trop grand", f"écrivez un nombre entier de {least} à {most}")
        return number

    return read


def day(said: str) -> date:
    """A date, year first."""
    right = "écrivez l'année, le mois et le jour, par exemple 2026-12-31"
    found = _DAY.fullmatch(said.strip())
    if found is None:
        raise Wrong("ce n'est pas une date", right)
    return _real(lambda: date.fromisoformat(found[1]), right)


def moment(said: str) -> datetime:
    """A date and a time of the place, still without its zone."""
    right = "écrivez le jour et l'heure de la coopérative, par exemple 2026-12-12T09:00"
    words = said.strip()
    if _OFFSET.fullmatch(words) and "T" in words.upper():
        raise Wrong("l'heure porte un décalage (Z ou +00:00)", right)
    if not _MOMENT.fullmatch(words):
        raise Wrong("ce n'est pas une date avec une heure", right)
    return _real(lambda: datetime.fromisoformat(words), right)


Day = TypeVar("Day", date, datetime)


def _real(read: Callable[[], Day], right: str) -> Day:
    try:
        found = read()
    except ValueError as error:
        raise Wrong("cette date n'existe pas", right) from error
    if not 1900 <= found.year <= 2100:
        raise Wrong("l'année n'est pas entre 1900 et 2100", right)
    return found


def at_home(found: datetime, home: Home) -> datetime:
    """A time of the place with its zone."""
    return found.replace(tzinfo=home.zone)


def listed(read: Callable[[str], str], between: str = ";") -> Callable[[str], tuple[str, ...]]:
    """The reader of several things in one cell."""

    def read_all(said: str) -> tuple[str, ...]:
        each = (read(one) for one in re.split(f"[{between}]", said))
        return tuple(dict.fromkeys(one for one in each if one.strip()))

    return read_all


def dialled(numbers: tuple[str, ...], home: Home) -> tuple[str, ...]:
    """Phone numbers in any spelling, as they are dialled where the cooperative is, in E.164."""
    return tuple(sorted({_e164(number, home.country) for number in numbers}))


def _e164(number: str, country: str) -> str:
    try:
        if _DIALLED.fullmatch(number):
            return phone.parse(re.sub(f"[{_SPACES}]+", " ", number), country)
    except phone.NotAPhone:
        pass
    raise Wrong("ce n'est pas un numéro de téléphone", "donnez par exemple +223 70 00 00 00")


def in_order(joined: str | None) -> tuple[str, ...]:
    """Several things that the database gives joined by semicolons, in no order of its own."""
    return tuple(sorted(joined.split(";"))) if joined else ()


def _loose(word: str) -> str:
    """A word without its case, accents, spaces and signs: COOP-CA is coopca."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in apart if letter.isalnum())


def _word_of(words: dict[str, Any], name: str, right: str) -> Callable[[str], Any]:
    def read(said: str) -> Any:
        found = words.get(_loose(said))
        if found is None:
            raise Wrong(f"{_quoted(said)} n'est pas {name}", right)
        return found

    return read


def _quoted(said: str) -> str:
    """Repeat a word that is no choice; not what may be a phone number or a sentence that slipped into the column."""
    word = said.strip()
    return f"« {word} »" if word.isprintable() and len(word) <= 20 and not any(map(str.isdigit, word)) else "cela"


def one_of(choices: type[Choice], name: str) -> Callable[[str], Choice]:
    """The reader of a choice; case and signs do not matter."""
    words = {_loose(choice.value): choice for choice in choices}
    return _word_of(words, name, f"écrivez {', '.join(choices)}")


def among(choices: tuple[str, ...], name: str) -> Callable[[str], str]:
    """The reader of one word of a list; case and signs do not matter."""
    return _word_of({_loose(word): word for word in choices}, name, f"écrivez {', '.join(choices)}")


country: Callable[[str], str] = _word_of(COUNTRIES, "un pays connu", f"écrivez {', '.join(phone.COUNTRIES)}")
language = among(gsm.LANGUAGES, "une langue connue")
