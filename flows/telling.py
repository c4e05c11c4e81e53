"""A complaint is told: in words, in none, or by voice when somebody calls back; or by somebody who helps another."""

from dataclasses import replace
from typing import NamedTuple

from flows import answers, i18n
from flows.engine import Ask, Menu, Option, Place, action, screen, to
from flows.filing import filed
from flows.guards import anybody
from flows.talk import Talk
from models.grievances import Came, Category, Complaint, Concerned, Follow, Name

_ = i18n.words(__name__)


class Said(NamedTuple):
    """What happened, in words or in none; and whether somebody would rather tell it by voice."""

    words: str
    call: bool = False


def what_happened(typed: str) -> Said:
    """A few words; 1 for a call and no words, 2 for no words. Raises Unreadable when nothing was typed."""
    choice = typed.strip()
    return Said("", choice == "1") if choice in ("1", "2") else Said(answers.words(typed))


@screen(needs=anybody, deep=False)
def tell(
    talk: Talk,
    category: Category,
    concerned: Concerned,
    name: Name,
    cooperative_id: int | None = None,
    meeting_id: int | None = None,
    relayed: bool = False,
    anew: bool = False,
) -> Ask[Said] | Menu:
    given = (category, concerned, name, cooperative_id, meeting_id, relayed)
    before = talk.known.draft
    if not anew and before and talk.known.draft_who == talk.known.who:
        again = Option(_("Envoyer ces mots"), to(send, *given, before, call=False))
        return Menu(
            _("Vous aviez écrit: {words}", words=before),
            [again, Option(_("Écrire autre chose"), to(tell, *given, anew=True))],
        )
    then = lambda said: to(send, *given, said.words, said.call)  # noqa: E731
    return Ask(_asked(name, relayed), read=what_happened, then=then, free=True)


def _asked(name: Name, relayed: bool) -> str:
    """Who gives no number cannot be called back: it is not offered, and 1 is the same as 2."""
    if relayed:
        return _("Dites en peu de mots ce qui s'est passé, sans le nom de la personne. Ou:\n1 Ne rien écrire")
    if name is Name.NOBODY:
        return _("Dites en peu de mots ce qui s'est passé, sans votre nom. Ou:\n1 Ne rien écrire")
    return _("Dites en peu de mots ce qui s'est passé, sans votre nom. Ou:\n1 Rappelez-moi\n2 Ne rien écrire")


@action(needs=anybody)
def send(
    talk: Talk,
    category: Category,
    concerned: Concerned,
    name: Name,
    cooperative_id: int | None,
    meeting_id: int | None,
    relayed: bool,
    words: str,
    call: bool,
) -> Place:
    talk.known.draft = ""
    told = Complaint(category, concerned, name, words, *_who(talk, cooperative_id, relayed), meeting_id=meeting_id)
    if relayed:
        who = talk.somebody.member_id if talk.somebody else None
        told = replace(told, came_by=Came.RELAY, typed_by=who, typed_on=talk.phone)
    return filed(talk, replace(told, follow=Follow.CALL_MORNING) if call and not told.unnamed else told)


def _who(talk: Talk, cooperative_id: int | None, relayed: bool) -> tuple[int | None, int | None, str]:
    """Where it arose, who says it, and from which number; the number of a helper is not the caller's."""
    speaker = talk.somebody
    home_id = cooperative_id if speaker is None else speaker.cooperative_id
    if relayed:
        return home_id, None, ""
    return home_id, speaker.member_id if speaker else None, talk.phone
