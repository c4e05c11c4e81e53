"""What a message to many will be before it goes: to whom, how many phones and SMS, what it costs, how it reads."""

from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import Any

from flows import estimates, i18n
from flows.estimates import Estimate
from flows.talk import Talk
from models.audiences import Audience
from models.drafts import Draft, Weigh
from models.members import OFFICERS, Role, Sex
from models.messages import Urgency

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


def weigh(talk: Talk) -> Weigh:
    """How many SMS a draft is in each language, as it is said to who calls here."""
    return partial(estimates.weighed, service_code=talk.service_code, known=talk.prices)


def found(talk: Talk, who: Audience, kind: str, facts: Mapping[str, Any]) -> Estimate:
    """What a message would be."""
    draft = Draft(talk.member.cooperative_id, who, kind, facts, Urgency.NOTICE, talk.now, talk.member.member_id)
    return estimates.estimate(talk.db, draft, talk.service_code, talk.prices)


def costs(talk: Talk, message: Estimate) -> str:
    """What a message would be, in a line."""
    size = _("{phones} téléphones, {parts} SMS", phones=message.phones, parts=message.parts)
    return size if message.cost is None else size + _(", environ {cost}", cost=talk.member.money(message.cost))


def reads(talk: Talk, message: Estimate) -> str:
    """How a message reads, in each language it goes out in, first in that of who sends it."""
    said = sorted(message.samples.items(), key=lambda each: each[0] != talk.language)
    return "\n".join(dict.fromkeys(sample.text for _language, sample in said))
