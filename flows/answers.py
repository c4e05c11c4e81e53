"""Read what people type: codes, numbers, words. What cannot be read comes back as a sentence for them."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flows import i18n
from flows.engine import Unreadable
from flows.engine.pages import BACK, HOME
from models import codes, grievances, phone, receipts, receiving
from models.money import AT_MOST
from models.receiving import LATEST

_ = i18n.words(__name__)

WORDS_AT_MOST = 400
CODE_AT_MOST = 60


def four_digits(typed: str) -> str:
    """A code as it is typed. Raises Unreadable."""
    digits = typed.strip()
    if codes.weakness(digits) is codes.Weakness.NOT_FOUR_DIGITS:
        raise Unreadable(_("Il faut 4 chiffres."))
    return digits


def new_code(typed: str) -> str:
    """A code that others would not try first. Raises Unreadable with the reason."""
    digits = four_digits(typed)
    reasons = {
        codes.Weakness.REPEATED: _("Trop facile: des chiffres répétés."),
        codes.Weakness.RUNNING: _("Trop facile: des chiffres qui se suivent."),
        codes.Weakness.YEAR: _("Trop facile: une année."),
    }
    weakness = codes.weakness(digits)
    if weakness is not None:
        raise Unreadable(reasons[weakness])
    return digits


def member_number(typed: str) -> str:
    """A member's number as it stands on the card. Raises Unreadable."""
    number = typed.strip()
    if not 1 <= len(number) <= 20 or not any(letter.isalnum() for letter in number):
        raise Unreadable(_("Tapez le numéro de la carte."))
    return number


def reference(typed: str) -> str:
    """What a payment is known by: the number of a receipt, or what an operator wrote. Raises Unreadable."""
    try:
        return receiving.referred(typed)
    except receiving.Refused as error:
        raise Unreadable(_("Tapez la référence, 40 signes au plus.")) from error


def case_number(typed: str) -> str:
    """The number of a case, whatever is written around it. Raises Unreadable when its check digit says it is none."""
    number = re.sub(r"[^0-9]", "", typed)
    if not grievances.is_reference(number):
        raise Unreadable(_("Ce numéro n'est pas juste. Vérifiez les 6 chiffres."))
    return number


def entries(typed: str) -> int:
    """How many entries are printed on a sheet; spaces between the digits do not matter. Raises Unreadable."""
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9 and int(digits) > 0):
        raise Unreadable(_("Tapez le nombre d'écritures de la feuille, en chiffres."))
    return int(digits)


def receipt_number(typed: str) -> str:
    """The number of a receipt with its check digit. Raises Unreadable when it is no number at all."""
    wanted = receipts.asked(typed)
    if wanted is None or wanted.code:
        raise Unreadable(_("Tapez tous les chiffres du reçu, comme 123456."))
    return wanted.printed


def cooperative_code(typed: str) -> str:
    """The code of a cooperative. Raises Unreadable when it cannot be one."""
    code = typed.strip()
    if not code or len(code) > CODE_AT_MOST:
        raise Unreadable(_("Tapez le code de la coopérative."))
    return code


def words(typed: str) -> str:
    """A few words, or none when 1 is typed. Raises Unreadable when nothing was typed, a slip of a key, or too much."""
    said = typed.strip()
    if said == "1":
        return ""
    if not said or (len(said) == 1 and said.isdigit()):
        raise Unreadable(_("Écrivez quelques mots, ou tapez 1."))
    if len(said) > WORDS_AT_MOST:
        raise Unreadable(_("C'est trop long: 400 lettres au plus. Rien n'est noté encore: écrivez l'essentiel."))
    return said


def some_words(typed: str) -> str:
    """A few words. Raises Unreadable when nothing was typed."""
    said = words(typed)
    if not said:
        raise Unreadable(_("Écrivez quelques mots."))
    return said


_GROUPED = re.compile(r"([0-9]{1,12}|[0-9]{1,3}(?: [0-9]{3}){1,3}) ?(?:F|FG|FCFA)?", re.IGNORECASE)


def amount(typed: str) -> int:
    """An amount in whole units: 5000, or 5 000 F. Raises Unreadable, also for one that nobody pays at a time."""
    said = _GROUPED.fullmatch(" ".join(typed.split()))
    found = int(said[1].replace(" ", "")) if said else 0
    if not 0 < found <= AT_MOST:
        raise Unreadable(_("Tapez le montant en chiffres, par exemple 5000."))
    return found


_DAY = re.compile(r"([0-9]{1,2})[/. -]([0-9]{1,2})(?:[/. -]([0-9]{4}))?|([0-9]{2})([0-9]{2})([0-9]{4})?")


def past_day(typed: str, today: date) -> date:
    """A day of the last year, up to today: 03/11, or 0311 where no slash can be typed. Raises Unreadable."""
    said = _DAY.fullmatch(typed.strip())
    found = _latest(said, today) if said else None
    if found is None or not today - LATEST <= found <= today:
        raise Unreadable(_("Tapez le jour et le mois, par exemple 0311 pour le 3 novembre."))
    return found


def _latest(said: re.Match[str], today: date) -> date | None:
    """The day that was said; without its year, the last one there was."""
    day, month, year = (int(part) if part else None for part in (said.groups()[:3] if said[1] else said.groups()[3:]))
    for each in (year,) if year else (today.year, today.year - 1):
        try:
            found = date(each, month or 0, day or 0)
        except ValueError:
            continue
        if year or found <= today:
            return found
    return None


_MOMENT = re.compile(
    r"(\d{1,2})[/. -](\d{1,2})(?:[/. -](\d{4}|\d{2}))?[ ,]+(\d{1,2})[hH:.](\d{2})?|(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)",
    re.ASCII,
)


def moment(typed: str, zone: ZoneInfo, now: datetime) -> datetime:
    """A day and an hour to come: 1212260900, or 12/12 9h30. Without its year it is the next one. Raises Unreadable."""
    said = _MOMENT.fullmatch(typed.strip())
    found = _next(said.groups()[5:] if said[6] else said.groups()[:5], zone, now) if said else None
    if found is None:
        raise Unreadable(_("Tapez 10 chiffres, jour mois année heure minutes: 1212260900."))
    if found <= now:
        raise Unreadable(_("Cette date est passée."))
    return found


def _next(parts: tuple[str | None, ...], zone: ZoneInfo, now: datetime) -> datetime | None:
    day, month, year, hour, minute = (int(part) if part else None for part in parts)
    this = now.astimezone(zone).year
    for each in (this, this + 1) if year is None else (year % 100 + 2000,):
        try:
            found = datetime(each, month or 0, day or 0, hour or 0, minute or 0, tzinfo=zone)
        except ValueError:
            continue
        if year is not None or found > now:
            return found
    return None


def coming_day(typed: str, today: date) -> date:
    """A day from today on, within a year: 0112 for the 1st of December. Raises Unreadable."""
    said = _DAY.fullmatch(typed.strip())
    parts = (said.groups()[:3] if said[1] else said.groups()[3:]) if said else ()
    day, month, year = (int(part) if part else None for part in parts) if parts else (None, None, None)
    for each in (year,) if year else (today.year, today.year + 1):
        try:
            found = date(each, month or 0, day or 0)
        except ValueError:
            continue
        if today <= found <= today + LATEST:
            return found
    raise Unreadable(_("Tapez le jour et le mois, par exemple 0112 pour le 1er décembre."))


SHORT_AT_MOST = 60


def short_words(typed: str) -> str:
    """A few words on one line, such as a place or a name; 1 gives none. Raises Unreadable when they are too many."""
    said = " ".join(typed.split())
    if not said or len(said) > SHORT_AT_MOST:
        raise Unreadable(_("Écrivez en peu de mots, 60 lettres au plus."))
    return "" if said == "1" else said


def some_name(typed: str) -> str:
    """A name as it is written in the register. Raises Unreadable."""
    said = short_words(typed)
    if not any(letter.isalpha() for letter in said):
        raise Unreadable(_("Écrivez le nom."))
    return said


ITEMS_AT_MOST = 12


def items(typed: str) -> str:
    """The items of an agenda, between commas; one a line. Raises Unreadable when there is none, or too many."""
    said = [" ".join(item.split()) for item in re.split(r"[,;\n]", typed)]
    found = [item for item in said if item]
    if not 1 <= len(found) <= ITEMS_AT_MOST or any(len(item) > SHORT_AT_MOST for item in found):
        raise Unreadable(_("Écrivez de 1 à 12 points courts, avec une virgule entre eux."))
    return "\n".join(found)


def phone_number(typed: str, country: str) -> str:
    """A phone number as it is dialled in a country, in E.164. Raises Unreadable."""
    try:
        return phone.parse(typed, country)
    except phone.NotAPhone as error:
        raise Unreadable(_("Ce numéro de téléphone n'est pas juste.")) from error


# Where the answer is a count, 8 and 9 are numbers and no keys; 0 is the way back.
COUNTING = frozenset({BACK, HOME})


def count(typed: str) -> int:
    """How many: a whole number from 1 on, of at most nine digits. Raises Unreadable."""
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9 and int(digits)):
        raise Unreadable(_("Tapez un nombre, par exemple 11. 0 pour revenir."))
    return int(digits)
