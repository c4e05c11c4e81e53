"""What a message to many will be before it goes: to whom, how many phones and SMS, what it costs, how it reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flows import i18n, notices
from flows.talk import Talk
from models import audiences, gsm, prices
from models.audiences import Audience
from models.members import OFFICERS, Role, Sex

_ = i18n.words(__name__)
mark = i18n.mark


class To(StrEnum):
    """To whom, as it is chosen on the phone."""

    ALL = "all"
    OFFICERS = "officers"
    WOMEN = "women"
    TEAMS = "teams"


LABELS: Mapping[To, str] = {
    To.ALL: mark("Tous les membres"),
    To.OFFICERS: mark("Les responsables"),
    To.WOMEN: mark("Les femmes"),
    To.TEAMS: mark("Les chefs d'équipe"),
}


def label(who: To) -> str:
    """What an audience is called."""
    return _(LABELS[who])


def audience(talk: Talk, who: To) -> Audience:
    """An audience in the cooperative of the speaker."""
    roles: dict[To, tuple[Role, ...]] = {
        To.OFFICERS: (*OFFICERS, Role.COMMITTEE, Role.GENDER_PRESIDENT),
        To.TEAMS: (Role.TEAM_LEADER,),
    }
    sex = Sex.FEMALE if who is To.WOMEN else None
    return Audience(talk.member.cooperative_id, roles=roles.get(who, ()), sex=sex)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many phones and SMS parts, and how the message reads in each language."""

    phones: int
    parts: int
    samples: Mapping[str, str]


def reach(talk: Talk, who: Audience, kind: str, facts: Mapping[str, Any]) -> Reach:
    """What a message would be."""
    phones = audiences.languages(talk.db, who)
    samples: dict[str, str] = {}
    parts = 0
    for spoken, count in sorted(phones.items(), key=lambda each: each[0] != talk.language):
        text, said_in = notices.say(kind, facts, spoken, talk.service_code)
        plain = gsm.to_gsm7(text, said_in).text
        samples.setdefault(said_in, plain)
        parts += count * gsm.segments(plain)
    return Reach(sum(phones.values()), parts, samples)


def costs(talk: Talk, found: Reach) -> str:
    """What a message would be, in a line."""
    cost = talk.member.money(prices.of(found.parts, talk.member.currency))
    return _("{phones} téléphones, {parts} SMS, environ {cost}", phones=found.phones, parts=found.parts, cost=cost)


def reads(found: Reach) -> str:
    """How a message reads, in each language it goes out in, first in that of who sends it."""
    return "\n".join(dict.fromkeys(found.samples.values()))
