"""Whom a rule can give to: a kind and a name, such as fund:villages or member:4. Never an office."""

import re
import unicodedata
from enum import StrEnum

from models.sharing.values import Unshareable, name, said, word


class Kind(StrEnum):
    """The kinds of beneficiaries. A group is a part of the team that is pooled by itself."""

    MEMBER = "member"
    GROUP = "group"
    ORG = "org"
    FUND = "fund"
    COLLECTIVITE = "collectivite"
    LANDOWNER = "landowner"
    FINANCIER = "financier"
    BUYER = "buyer"


# A name with one of these words in it is that of an office: "org:le-président", "member:tresoriere 2".
OFFICE = re.compile(
    "(vice)?presidente?s?|chair(man|men|woman|women|person|persons)|treasurers?|tresori(er|ere)s?"
    "|secretar(y|ies)|secretaires?|officers?|gerante?s?"
)
# These are offices and organs only when nothing else stands beside them: "financier:bureau d'achat" buys gold.
ORGANS = (
    *("administrateur", "administrateurs", "administratrice", "administrator", "auditeur", "auditor", "board"),
    *("board of directors", "bureau", "bureau executif", "chair", "chef d equipe", "comite", "comite de gestion"),
    *("comite de surveillance", "comite des plaintes", "commissaire aux comptes", "commission de surveillance"),
    *("committee", "conseil d administration", "conseil de surveillance", "controleur", "dg", "directeur"),
    *("directeur general", "director", "directors", "directrice", "dirigeants", "executive board"),
    *("executive committee", "general manager", "grievance committee", "leader", "management committee", "manager"),
    *("managers", "pca", "presidence", "presidency", "responsables", "secretariat", "sg", "supervisory board"),
    *("pdg", "caissier", "caissiere", "cashier", "chef", "caisse du chef", "part du chef", "chairperson s fund"),
    *("supervisory committee", "surveillance", "surveillance committee", "team leader"),
)


def member(number: str) -> str:
    """A member as a beneficiary, by number."""
    return f"{Kind.MEMBER}:{number}"


def number_of(to: str) -> str | None:
    """The number of a member who is a beneficiary; None for any other beneficiary, and for a cost."""
    kind, _, number = to.partition(":")
    return number if kind == Kind.MEMBER else None


def group(of: str) -> str:
    """A group of the team as a beneficiary, by name."""
    return f"{Kind.GROUP}:{of}"


def is_group(to: str) -> bool:
    """Whether it is a group."""
    return to.startswith(f"{Kind.GROUP}:")


def is_office(text: str) -> bool:
    """Whether a name is that of an office or organ, in French or English, whatever its accents, case and signs.

    Officers are unpaid (OHADA Uniform Act on cooperatives, articles 225, 263, 305, 341), so an office never shares in
    a lot; the person who holds it can, as a worker, by member number.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall("[a-z]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    spelled = "".join(words) if words and all(len(each) == 1 for each in words) else ""
    called = " ".join(words)
    return any(OFFICE.fullmatch(each) for each in (*words, spelled)) or called in ORGANS or spelled in ORGANS


def not_an_office(what: str, text: str, called: str) -> None:
    """Raises Unshareable when the part of `text` that names somebody, `called`, names an office."""
    if is_office(called):
        raise Unshareable(f"{what} {said(text)} is an office: name the person, by member number")


def beneficiary(what: str, value: object) -> str:
    """A beneficiary as it is written, KIND:NAME. Raises Unshareable for another form, and for an office."""
    to = name(what, value)
    kind, colon, called = to.partition(":")
    not_an_office(what, to, called if kind in list(Kind) else to)
    if not colon:
        raise Unshareable(f"{what} must be KIND:NAME, not {said(to)}")
    word(f"the kind of {what} {said(to)}", kind, Kind)
    name(f"the name in {what} {said(to)}", called)
    return to
