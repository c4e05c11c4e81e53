"""Which of our keywords a short message means, whatever the language and the spelling of its writer.

A keyword may only choose what is shown: yes and no answer a question, so they are never guessed. A message that names
two things, or nothing we are sure of, has no intent and its writer is asked.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache

from flows import spelling


class Intent(StrEnum):
    """What a keyword asks for; a balance is `dues`. `unsure` is none: words not for an office to read."""

    DUES = "dues"
    SHARE = "share"
    MEETING = "meeting"
    COMPLAINT = "complaint"
    FOLLOW = "follow"
    PRICE = "price"
    RIGHTS = "rights"
    LANGUAGE = "language"
    CALL = "call"
    STOP = "stop"
    START = "start"
    HELP = "help"
    YES = "yes"
    NO = "no"
    VERIFY = "verify"
    UNSURE = "unsure"


# French and English: recognised with spelling mistakes.
_COMMON = {
    Intent.DUES: "cotisation cotis coti cotiser payer paye paiement solde compte dues pay payment balance",
    Intent.SHARE: "part parts partage share shares payout",
    Intent.MEETING: "reunion ag assemblee meeting",
    Intent.COMPLAINT: "plainte reclamation complaint",
    Intent.FOLLOW: "suivi suivre follow",
    Intent.PRICE: "prix price prices",
    Intent.RIGHTS: "droit droits rights",
    Intent.LANGUAGE: "langue language",
    Intent.CALL: "appel appelez appeler rappel rappelez rappeler ecouter call callback",
    Intent.STOP: "stop stopall arret arreter arretez aret areter aretez desabonne desabonner desabonnez desinscrire "
    "unsubscribe optout quit remove revoke",
    Intent.START: "start unstop reprendre",
    Intent.HELP: "aide aider aidez help info infos information",
    Intent.YES: "oui yes",
    Intent.NO: "non no",
    Intent.VERIFY: "verif verifier verify verification",
}
# Bambara, Dioula, Maninka, Pulaar, Wolof, Soninke, Sango: many are also surnames or first names, so they stand alone.
_LOCAL = {
    Intent.DUES: "sarali sara njobdi fey tugaadi futa to jate des",
    Intent.SHARE: "niyoro",
    Intent.MEETING: "nyogonye nyogonkunben batu ndaje kappa bungbi",
    Intent.COMPLAINT: "geleya damakasi wullitaare kalaame",
    Intent.PRICE: "songo njeg coggu ngere",
    Intent.LANGUAGE: "kan demngal lakk xanne yanga",
    Intent.CALL: "wele noddu woo",
    Intent.HELP: "deme ballal ndimbal",
    Intent.YES: "awo owo onhon eey waaw yo iin",
    Intent.NO: "ayi alaa deedeet deet enen inin",
}


def _by_word(table: dict[Intent, str]) -> dict[str, Intent]:
    return {word: intent for intent, words in table.items() for word in words.split()}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CLEAR = _by_word(_COMMON)
EXACT = _CLEAR | _by_word(_LOCAL)
_ANSWERS = frozenset({Intent.YES, Intent.NO})
_NEVER_GUESSED = _ANSWERS | {Intent.STOP, Intent.START}
_WITH_TEXT = frozenset({Intent.COMPLAINT, Intent.FOLLOW, Intent.RIGHTS, Intent.VERIFY})

_POLITE = _set("svp stp please pls merci bonjour bonsoir salut hello monsieur madame mr mme")
FILLERS = _set(
    "je j veux voudrais voir savoir connaitre faire demander quel quelle est quand combien donne donnez envoyez moi me "
    "mon ma mes notre nos votre le la les l un une de du des d a au aux pour sur et c i want to my the our is what s "
    "when how much for of or gold mois n ne ka"
)
_SENDINGS = _set(
    "ces tout tous toutes all plus svp stp merci please message messages sms annonce annonces texte textes"
)
_COMING = _set("je j y viens vais venir serai la ne pas merci svp i will come be there not thanks please")
NEGATIONS = _set("pas sans jamais not no dont aucun aucune")
# Keywords one slip away from many other words, and words of every day one slip away from a keyword.
_NEVER_MISSPELT = _set("paye payer part parts share shares price prices aider aidez")
_NOT_KEYWORDS = _set("soldat soldats sarati sarah plante plantes plaine plaines longue longues comite comites cotation")


def match(text: str) -> Intent | None:
    """The intent of a message, None when it has none of ours or more than one."""
    words = spelling.words(text)
    if (whole := "".join(words)) in EXACT:
        return EXACT[whole]
    words = [word for word in words if word not in _POLITE]
    polite = "".join(words)
    if len(polite) > 2 and polite in EXACT:
        return EXACT[polite]
    content = [word for word in words if word not in FILLERS and not any(char.isdigit() for char in word)]
    if not content:
        return None
    return _led(words, content) or _answered(words) or _opted_out(words) or _mentioned(words, content)


def spelt(text: str) -> list[str]:
    """The words of a message in plain small letters, without those that are only polite."""
    return [word for word in spelling.words(text) if word not in _POLITE]


def argument(text: str) -> str:
    """What follows the first word, as it was spelt: the text of a complaint, the number of a case."""
    found = re.match(r"\s*[^\s:;,.!?-]+[\s:;,.!?-]*(.*)", text, re.DOTALL)
    return found[1].rstrip() if found else ""


def _led(words: list[str], content: list[str]) -> Intent | None:
    """A first word that takes a text after it: a complaint of any length, else a few words."""
    intent = EXACT.get(words[0])
    if intent is Intent.COMPLAINT:
        return intent
    return intent if intent in _WITH_TEXT and words[0] in _CLEAR and len(content) <= 4 else None


def _opted_out(words: list[str]) -> Intent | None:
    """A wish to be left alone, and nothing else: a pit that stopped is an alert, not a farewell."""
    others = [word for word in words if not word.startswith(("stop", "arret"))]
    alone = all(word in FILLERS or word in _SENDINGS for word in others)
    return Intent.STOP if len(others) < len(words) <= 4 and alone else None


def _answered(words: list[str]) -> Intent | None:
    """A yes or no with what a person adds to it: "oui je viens", "non je ne viens pas"."""
    first, *rest = words
    intent = EXACT.get(first)
    if intent not in _ANSWERS or not rest or not _COMING.issuperset(rest):
        return None
    return None if intent is Intent.YES and {"pas", "not"}.intersection(rest) else intent


def _mentioned(words: list[str], content: list[str]) -> Intent | None:
    """A keyword somewhere in a message; where there is none, one that was misspelt in a short message."""
    if NEGATIONS.intersection(words):
        return None
    named = {EXACT[word] for word in content if len(word) > 2 and word in EXACT}
    if named:
        sure = _are_keywords(content) or _is_clear(words, content)
        return _only(named) if sure and not named & _ANSWERS else None
    if len(content) > 1 and len(words) > 4:
        return None
    return _only({intent for word in content for intent in _guesses(word, alone=len(content) == 1)})


def _only(intents: set[Intent]) -> Intent | None:
    return next(iter(intents)) if len(intents) == 1 else None


def _are_keywords(content: list[str]) -> bool:
    """Whether nothing else is said."""
    return all(word in EXACT and len(word) > (2 if word in _CLEAR else 3) for word in content)


def _is_clear(words: list[str], content: list[str]) -> bool:
    """Whether a short message has a keyword that is no name: a long one, or one at its beginning."""
    return len(words) <= 4 and any(word in _CLEAR and (len(word) > 4 or word == words[0]) for word in content)


def guessed(word: str) -> Intent | None:
    """The one keyword that a misspelt word can be."""
    return _only(set(_guesses(word, alone=True)))


@lru_cache(maxsize=1024)
def _guesses(word: str, *, alone: bool) -> frozenset[Intent]:
    """The intents of the keywords nearest to a misspelt word; beside other words only long keywords are guessed."""
    if len(word) < 4 or word in _NOT_KEYWORDS:
        return frozenset()
    found = [
        (distance, intent)
        for keyword, intent in _guessable(alone=alone)
        if (distance := _mistakes(word, keyword)) is not None
    ]
    nearest = min((distance for distance, _ in found), default=0)
    return frozenset(intent for distance, intent in found if distance == nearest)


@cache
def _guessable(*, alone: bool) -> list[tuple[str, Intent]]:
    return [
        (keyword, intent)
        for keyword, intent in EXACT.items()
        if intent not in _NEVER_GUESSED and keyword not in _NEVER_MISSPELT
        if len(keyword) >= (7 if not alone else 5 if keyword in _CLEAR else 6)
    ]


def _mistakes(word: str, keyword: str) -> int | None:
    """How far a word is from a keyword, None when too far: 0 when they sound alike, a beginning counts as 1."""
    sound, wanted = spelling.sound(word), spelling.sound(keyword)
    if keyword not in _CLEAR:
        return 0 if sound == wanted and abs(len(word) - len(keyword)) <= 1 else None
    if sound == wanted:
        return 0
    if len(word) < 5 or sound[:1] != wanted[:1]:
        return None
    if keyword.startswith(word):
        return 1
    if len(word) == len(keyword) == 5 and sorted(word) != sorted(keyword):
        return None  # one letter for another makes another word: sonde, solde
    shorter = min(len(word), len(keyword))
    allowed = 2 if shorter >= 8 else 1
    distance = spelling.edits(word, keyword, allowed)
    if shorter >= 8:
        distance = min(distance, spelling.edits(sound, wanted, allowed))
    return distance if distance <= allowed else None
