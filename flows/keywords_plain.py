"""Whether somebody complains in words of their own: such a message is a case, and no letter for the office to read.

Only that it is one is decided here, never about what or whom: a person reads it.
"""

import re

from flows.keywords_match import EXACT, FILLERS, NEGATIONS, Intent, guessed, spelt
from flows.spelling import plain, sound

_NAMED = ("plaint", "plaind", "complain", "reclamation", "denonc", "grievance")
_PLAINS = frozenset({"plains", "plaignons", "plaignent"})
_WISHES = frozenset({"porter", "porte", "portez", "deposer", "depose", "besoin", "file", "make", "contre", "against"})
_OR = frozenset({"ou", "or"})

# What is done to somebody. What else it may mean is rare enough in a message to a cooperative.
_WRONGS = (
    *("viol", "frapp", "gifl", "agress", "harcel", "attouch", "tabass", "abus", "escroqu", "arnaqu", "detourn"),
    *("beat", "steal", "stole", "robb", "threat", "harass", "insult", "corrup", "racket"),
)
_WRONG = frozenset({
    *("vol", "vole", "volee", "voles", "voler", "volent", "voleur", "voleurs", "battu", "battue", "menacee"),
    *("rape", "raped", "raping", "thief", "thieves"),
})  # fmt: skip
# Of these it depends on whom: "je tape 4", "menace de pluie".
_ON_SOMEBODY = frozenset({
    *("tape", "tapes", "tapent", "bat", "battent", "menace", "menacent", "force", "forcent", "touche", "touchent"),
    *("chasse", "chassent", "cogne", "tue", "tuer"),
})  # fmt: skip
# Two words that say it together, the second soon after the first: a fund for help is no cry for help.
_TOGETHER = frozenset({
    *(("au", "secours"), ("mange", "argent"), ("mangent", "argent"), ("bouffe", "argent"), ("bouffent", "argent")),
    *(("coucher", "moi"), ("couche", "moi"), ("sleep", "me"), ("eats", "money"), ("eat", "money")),
})  # fmt: skip
_SOMEBODY = frozenset({"me", "m", "nous"})
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
_OTHERWISE = frozenset({"violet", "violette", "violets", "violon"})


def complains(text: str) -> bool:
    """Whether a message complains: it says so, whatever else it says, or it tells of a wrong."""
    words = spelt(text)
    return _says_so(words) or any(_wrong(words, at) for at in range(len(words)))


def about_office(text: str) -> bool:
    """Whether a message names an office of the cooperative, or its committee: that is where it must not be read."""
    return any(sound(word).startswith(_OFFICES) for word in spelt(text))


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


def _wrong(words: list[str], at: int) -> bool:
    word = words[at]
    if any((word, other) in _TOGETHER for other in words[at + 1 : at + 4]):
        return True
    if word in _WRONG or (word.startswith(_WRONGS) and word not in _OTHERWISE):
        return True
    return word in _ON_SOMEBODY and bool(_SOMEBODY.intersection(words[max(at - 2, 0) : at]))
