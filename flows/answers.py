"""Read what people type: codes, numbers, words. What cannot be read comes back as a sentence for them."""

from flows import i18n
from flows.engine import Unreadable
from flows.engine.pages import BACK, HOME
from models import codes, grievances

_ = i18n.words(__name__)

WORDS_AT_MOST = 400


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


def case_number(typed: str) -> str:
    """The number of a case. Raises Unreadable when its check digit says that it cannot be one."""
    number = "".join(typed.split())
    if not grievances.is_reference(number):
        raise Unreadable(_("Ce numéro n'est pas juste. Vérifiez les 6 chiffres."))
    return number


def words(typed: str) -> str:
    """A few words, or none when 1 is typed. Raises Unreadable when nothing was typed."""
    said = typed.strip()
    if said == "1":
        return ""
    if not said:
        raise Unreadable(_("Écrivez quelques mots, ou tapez 1."))
    return said[:WORDS_AT_MOST]


def some_words(typed: str) -> str:
    """A few words. Raises Unreadable when nothing was typed."""
    said = words(typed)
    if not said:
        raise Unreadable(_("Écrivez quelques mots."))
    return said


# Where the answer is a count, 8 and 9 are numbers and no keys; 0 is the way back.
COUNTING = frozenset({BACK, HOME})


def count(typed: str) -> int:
    """How many: a whole number from 1 on, of at most nine digits. Raises Unreadable."""
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9 and int(digits)):
        raise Unreadable(_("Tapez un nombre, par exemple 11. 0 pour revenir."))
    return int(digits)
