"""What a message to many will be before it goes: to whom, how many phones and SMS, what it costs, how it reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from flows import estimates, i18n, roles
from flows.engine import Menu, Option, Place, UnknownPlace
from flows.estimates import Estimate
from flows.talk import Talk
from models import announcing, audiences, cooperatives, groups
from models.audiences import Audience
from models.convening import Call
from models.drafts import Draft, Weigh
from models.groups import Group
from models.meetings import MeetingKind
from models.members import OFFICERS, Role, Sex
from models.messages import Urgency

_ = i18n.words(__name__)
mark = i18n.mark


class To(StrEnum):
    """To whom, as it is chosen on the phone. In a place it stands with its name behind a colon: "site:Rive sud"."""

    ALL = "all"
    OFFICERS = "officers"
    WOMEN = "women"
    TEAMS = "teams"
    LATE = "late"
    SITE = "site"
    TEAM = "team"
    LANGUAGE = "language"
    BELOW = "below"
    YES = "yes"
    NO = "no"
    SILENT = "silent"


LABELS: Mapping[To, str] = {
    To.ALL: mark("Tous les membres"),
    To.OFFICERS: mark("Les responsables"),
    To.WOMEN: mark("Les femmes"),
    To.TEAMS: mark("Les chefs d'équipe"),
    To.LATE: mark("En retard de cotisation"),
    To.SITE: mark("Un site"),
    To.TEAM: mark("Une équipe"),
    To.LANGUAGE: mark("Une langue"),
    To.BELOW: mark("Avec tout ce qui dépend de nous"),
    To.YES: mark("Ceux qui viennent"),
    To.NO: mark("Ceux qui ne viennent pas"),
    To.SILENT: mark("Ceux qui n'ont pas répondu"),
}
NUMBERS = {To.LATE: 5, To.SITE: 6, To.TEAM: 7, To.LANGUAGE: 10, To.BELOW: 11}
ANSWERS = {To.YES: True, To.NO: False, To.SILENT: None}
AMONG_OFFICERS = (*OFFICERS, Role.COMMITTEE, Role.GENDER_PRESIDENT)
NAMED = (To.SITE, To.TEAM, To.LANGUAGE)


def _read(whom: str) -> tuple[To, str]:
    """An audience as it stands in a place. Raises UnknownPlace."""
    said, _colon, name = whom.partition(":")
    if said not in set(To):
        raise UnknownPlace("reach")
    return To(said), name


def label(whom: str) -> str:
    """What an audience is called."""
    who, name = _read(whom)
    if not name or who in ANSWERS:
        return _(LABELS[who])
    return i18n.LANGUAGES.get(name, name) if who is To.LANGUAGE else name


def audience(talk: Talk, whom: str) -> Audience:
    """An audience in the cooperative of the speaker. Raises UnknownPlace."""
    who, name = _read(whom)
    everybody = Audience(talk.member.cooperative_id)
    if who in ANSWERS:
        invited = announcing.invited(talk.db, int(name), talk.member.cooperative_id)
        return replace(invited, coming=(int(name), ANSWERS[who]))
    narrowed: Mapping[To, Mapping[str, Any]] = {
        To.OFFICERS: {"roles": AMONG_OFFICERS},
        To.WOMEN: {"sex": Sex.FEMALE},
        To.TEAMS: {"roles": (Role.TEAM_LEADER,)},
        To.LATE: {"late": True},
        To.SITE: {"sites": (name,)},
        To.TEAM: {"teams": (name,)},
        To.LANGUAGE: {"language": name},
        To.BELOW: {"below": True},
    }
    return replace(everybody, **narrowed.get(who, {}))


def whom(draft: Draft) -> str:
    """To whom a draft goes, for somebody who did not choose it."""
    if draft.corrects:
        return _("Ceux qui ont reçu le premier message")
    given = draft.audience
    groups_of = {To.OFFICERS: AMONG_OFFICERS, To.TEAMS: (Role.TEAM_LEADER,)}
    named = next((who for who, held in groups_of.items() if held == given.roles), None)
    answer = [who for who, coming in ANSWERS.items() if given.coming and given.coming[1] is coming]
    chosen = {To.WOMEN: given.sex is Sex.FEMALE, To.LATE: given.late, To.BELOW: given.below}
    said = [_(LABELS[who]) for who in (named, *answer, *(each for each in chosen if chosen[each])) if who]
    if named is None:
        said += map(roles.role, given.roles)
    said += [_("Les hommes")] if given.sex is Sex.MALE else []
    said += [*given.sites, *given.teams, *(_("Membre {number}", number=each) for each in given.numbers)]
    said += [i18n.LANGUAGES.get(given.language, given.language)] if given.language else []
    return ", ".join(said or [_(LABELS[To.ALL])])


def choices(
    talk: Talk, among: Sequence[To], onward: Callable[[str], Place], named: Callable[[To], Place]
) -> list[Option]:
    """To whom: each on its own digit; of sites, teams and languages it is asked which, where there are any."""
    there = [who for who in among if _exists(talk, who)]
    return [
        Option(_(LABELS[who]), named(who) if who in NAMED else onward(who.value), NUMBERS.get(who)) for who in there
    ]


def _exists(talk: Talk, who: To) -> bool:
    if who is To.BELOW:
        return len(cooperatives.subtree(talk.db, talk.member.cooperative_id)) > 1
    return who not in NAMED or len(_names(talk, who)) > (who is To.LANGUAGE)


def _names(talk: Talk, who: To) -> list[str]:
    if who is To.LANGUAGE:
        return audiences.languages(talk.db, talk.member.cooperative_id)
    return groups.names(talk.db, talk.member.cooperative_id, Group(who.value))


def which(talk: Talk, who: To, onward: Callable[[str], Place]) -> Menu:
    """Which site, team or language. Raises UnknownPlace."""
    if who not in NAMED:
        raise UnknownPlace("reach")
    places = [f"{who}:{name}" for name in _names(talk, who)]
    return Menu(_(LABELS[who]), [Option(label(each), onward(each)) for each in places])


def call(talk: Talk, kind: MeetingKind, at: str, place: str, items: str, whom: str, second_of: int | None) -> Call:
    """A meeting to be, as it stands in a place."""
    agenda = tuple(item for item in items.split("\n") if item)
    for_whom = None if whom == To.ALL else audience(talk, whom)
    return Call(kind, datetime.fromisoformat(at), place, agenda, for_whom, second_of)


def weigh(talk: Talk) -> Weigh:
    """How many SMS a draft is in each language, as it is said to who calls here, and what they cost."""
    return partial(estimates.weighed, service_code=talk.service_code, known=talk.prices)


def found(talk: Talk, who: Audience, kind: str, facts: Mapping[str, Any]) -> Estimate:
    """What a message would be."""
    draft = Draft(talk.member.cooperative_id, who, kind, facts, Urgency.NOTICE, talk.now, talk.member.member_id)
    return estimated(talk, draft)


def estimated(talk: Talk, draft: Draft) -> Estimate:
    """What a draft would be."""
    return estimates.estimate(talk.db, draft, talk.service_code, talk.prices)


def costs(talk: Talk, message: Estimate) -> str:
    """What a message would be, in a line."""
    size = _("{phones} téléphones, {parts} SMS", phones=message.phones, parts=message.parts)
    return size if message.cost is None else size + _(", environ {cost}", cost=talk.member.money(message.cost))


def reads(talk: Talk, message: Estimate) -> str:
    """How a message reads, in each language it goes out in, first in that of who sends it; nobody may be reached."""
    said = sorted(message.samples.items(), key=lambda each: each[0] != talk.language)
    return "\n".join(dict.fromkeys(sample.text for _language, sample in said)) or _("Personne ne le recevrait.")
