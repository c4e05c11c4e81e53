"""Whether somebody complains in words of their own: such a message is a case, and no letter for the office to read.

Only that it is one is decided here, never about what or whom: a person reads it.
"""

import re

from flows.harm import tells_of_harm
from flows.keywords_match import EXACT, FILLERS, NEGATIONS, Intent, guessed, spelt
from flows.spelling import plain, sound

_NAMED = ("plaint", "plaind", "complain", "reclamation", "denonc", "grievance")
_PLAINS = frozenset({"plains", "plaignons", "plaignent"})
_WISHES = frozenset({"porter", "porte", "portez", "deposer", "depose", "besoin", "file", "make", "contre", "against"})
_GREETS = frozenset(
    {"ca", "va", "bien", "bonne", "fete", "journee", "soiree", "thank", "thanks", "you", "good", "morning"}
)
_OR = frozenset({"ou", "or"})

# How the offices sound; not the head of a pit, nor of a village.
_OFFICES = (
    "presid",
    "sekreta",
    "sekrete",
    "segreta",
    "segrete",
    "tresor",
    "tresur",
    "treasur",
    "komit",
    "responsab",
    "reponsab",
)
# Who else has power over those who write, and what is said of being hurt without saying by what.
_POWERS = ("chef", "patron", "boss", "chair", "leader", "maire", "prefet", "policier", "gendarm", "militair", "orpaill")
_SUFFERS = (
    *("pleur", "souffr", "soufr", "honte", "mechan", "colere", "disput", "conflit", "veng", "desesper", "suicid"),
    *("mourir", "tuer", "sang", "forces", "punit", "puni", "cry", "suffer", "shame", "ashamed", "angry", "blood"),
    *("hurt", "harm", "wrong", "police", "tribunal", "justice", "malheur", "tort", "cache"),
)


def complains(text: str) -> bool:
    """Whether a message complains: it says so, whatever else it says, or it tells of a wrong."""
    words = spelt(text)
    return _says_so(words) or tells_of_harm(words)


def about_office(text: str) -> bool:
    """Whether a message names an office of the cooperative, or its committee: that is where it must not be read."""
    return any(sound(word).startswith(_OFFICES) for word in spelt(text))


def may_hurt(text: str) -> bool:
    """Whether words that are no complaint may still be about those who run the cooperative, or about a hurt.

    Such words are not laid before an office. A greeting or thanks to somebody of it are.
    """
    words = [word for word in spelt(text) if word not in FILLERS and word not in _GREETS]
    of_power = [word for word in words if sound(word).startswith(_OFFICES) or word.startswith(_POWERS)]
    return (bool(of_power) and len(of_power) < len(words)) or any(word.startswith(_SUFFERS) for word in words)


def says_something(text: str) -> bool:
    """Whether a complaint says more than that it is one."""
    if re.search("[^\x00-\xbf\u2000-\u206f]", plain(text)):
        return True  # letters that no keyword is written with
    return any(not _names(word) and word not in FILLERS | _WISHES for word in spelt(text))


def _names(word: str) -> bool:
    return word.startswith(_NAMED) or word in _PLAINS or EXACT.get(word) is Intent.COMPLAINT


def _says_so(words: list[str]) -> bool:
    content = [word for word in words if word not in FILLERS]
    named = any(_long(word) and not _denied(words, at) for at, word in enumerate(words))
    if not named and (not content or guessed(content[0]) is not Intent.COMPLAINT):
        return False
    others = [word for word in content if not _names(word) and word not in _OR]
    return not _OR.intersection(words) or any(word not in EXACT for word in others)


def _long(word: str) -> bool:
    """A word that says so wherever it stands: those of other languages may be names."""
    return word.startswith(_NAMED) or word in _PLAINS


def _denied(words: list[str], at: int) -> bool:
    before = words[max(at - 2, 0) : at]
    return bool(before) and (before[-1] in NEGATIONS or (before[-1] in ("de", "d") and before[0] in NEGATIONS))
