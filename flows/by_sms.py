"""The same screens as a conversation by SMS: how one begins, what is an answer in it, and what never goes by SMS.

Whatever is not named here is told by dialling only, so that a new screen keeps its secrets until somebody decides.
"""

import re

from flows import call, i18n
from flows.engine import Menu, Option, Place, screen, to
from flows.engine.places import spot
from flows.keywords_match import Intent, match, spelt
from flows.keywords_plain import complains
from flows.talk import Talk

_ = i18n.words(__name__)

OPEN = frozenset({"by_sms", "call", "guards", "home", "join", "language", "meeting", "proxy", "sms"})
# Only for a member alone on the phone who asked for amounts by SMS, which takes the secret code.
ASKED = frozenset({"dues", "payout"})
WISHES = (Intent.STOP, Intent.START)
# Whoever reads the SMS of a phone would have the number and the code of a case, and what it says.
COMPLAINTS = frozenset({"filing", "grievance", "private", "telling"})


def begins(text: str) -> bool:
    """Whether an SMS asks for the menu."""
    return spelt(text) in (["menu"], ["le", "menu"])


_DIGITS = re.compile(r"\W*([0-9]{1,3})\W*(?:svp|stp|merci|please|pls)?\W*", re.IGNORECASE)


def pressed(text: str) -> str | None:
    """The number an SMS answers with, whatever is written around it: 3, "3.", #3, "3 svp"; None where it is none."""
    found = _DIGITS.fullmatch(text)
    return None if found is None else found.group(1)


def answers(text: str, asks: bool) -> bool:
    """Whether an SMS answers the page it finds: a number; where something is asked, any words but a word of ours alone.

    Whoever wants no more messages is always heard, and so is a complaint.
    """
    if pressed(text) is not None:
        return True
    heard = spelt(text)
    if not asks or not heard:
        return False
    alone = len(heard) == 1 and match(text) is not None
    complaint = complains(text) or match(heard[0]) is Intent.COMPLAINT
    return not alone and match(text) not in WISHES and not complaint


def _wanted(talk: Talk, place: Place) -> bool:
    who, page = talk.somebody, place.module
    if page not in ASKED or who is None or not who.alone or not who.amounts_by_sms:
        return False
    return not spot(place).acts


def gate(talk: Talk, place: Place) -> Place | None:
    """Where to go instead of a place that does not go by SMS; None for one that does."""
    page = place.module
    if page in OPEN or _wanted(talk, place):
        return None
    return to(complaint) if page in COMPLAINTS else to(dialled)


def behind_code(talk: Talk, place: Place) -> Place | None:
    """The same for a place behind the secret code, which is never asked by SMS: there it must have been wanted."""
    return None if _wanted(talk, place) else to(dialled)


@screen(resumes=False)
def dialled(talk: Talk) -> Menu:
    return Menu(
        _("Par {code} seulement: d'autres peuvent lire les SMS de ce téléphone.", code=talk.service_code),
        [Option(_("Appelez-moi"), to(call.call_me, topic="by_sms.dialled"))],
    )


@screen(resumes=False)
def complaint(talk: Talk) -> Menu:
    return Menu(
        _(
            "Pour une plainte par SMS, envoyez PLAINTE et vos mots, puis effacez votre message. Ou faites {code}.",
            code=talk.service_code,
        ),
        [Option(_("Appelez-moi"), to(call.call_me, topic=""))],
    )
