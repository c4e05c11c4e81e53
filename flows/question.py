"""Questions that wait for a member: offered on the first page of a dial, answered yes or no behind the code."""

from collections.abc import Mapping

from flows import agreeing, asking, channel, i18n
from flows.asking import Kind
from flows.engine import START, Menu, Option, Place, action, screen, to
from flows.guards import code_given
from flows.talk import Talk
from models import coming, paying, questions
from models.paying import Received
from models.questions import About, Open

_ = i18n.words(__name__)

LISTED = 5

KINDS: Mapping[About, Kind] = {
    About.PAYMENT: asking.PAYMENT,
    About.PAYOUT: asking.PAYOUT,
    About.WORK: agreeing.WORK,
    About.ADVANCE: agreeing.ADVANCE,
    About.RULE: agreeing.RULE,
}


def _waiting(talk: Talk) -> Open | None:
    asked = questions.next_for(talk.db, talk.member.member_id, talk.now)
    return asked if asked is not None and asked.about in KINDS else None


def offered(talk: Talk, asked: Open | None, later: Place) -> Menu | None:
    """What waits for the member who speaks: the question, or before the code only that there is one; None if none."""
    if asked is None or asked.about not in KINDS:
        return None
    place = to(ask, asked.question_id)
    if code_given(talk, place) is None:
        return _page(talk, asked, later)
    return Menu(
        _("Une question pour vous sur votre argent."), [Option(_("Répondre"), place), Option(_("Plus tard"), later)]
    )


def _page(talk: Talk, asked: Open, later: Place) -> Menu:
    worded = KINDS[asked.about].words(talk, asked)
    options = [
        Option(worded.yes, to(answer, asked.question_id, yes=True)),
        Option(worded.no, to(answer, asked.question_id, yes=False)),
        Option(_("Plus tard"), later),
    ]
    return Menu(worded.text, options)


@screen(needs=code_given, deep=False, resumes=False)
def ask(talk: Talk, question_id: int) -> Menu:
    asked = questions.one(talk.db, talk.member.member_id, question_id)
    if asked is None or asked.about not in KINDS:
        return Menu(_("Cette question n'est plus posée."), [Option(_("Menu"), START)])
    if asked.yes is not None:
        said = _("Vous avez répondu: oui.") if asked.yes else _("Vous avez répondu: non.")
        return Menu(f"{KINDS[asked.about].words(talk, asked).text}\n{said}", [Option(_("Menu"), START)])
    return _page(talk, asked, START)


@action(needs=code_given)
def answer(talk: Talk, question_id: int, yes: bool) -> Place:
    member_id = talk.member.member_id
    asked = questions.one(talk.db, member_id, question_id)
    led = None
    if asked is not None and asked.about in KINDS and questions.answer(talk.db, member_id, question_id, yes, talk.now):
        kind = KINDS[asked.about]
        led = kind.yes(talk, asked) if yes else kind.no(talk, asked)
    if led is not None:
        return led
    following = _waiting(talk)
    return START if following is None else to(ask, following.question_id)


@screen(needs=code_given)
def paid(talk: Talk, lot_id: int) -> Menu:
    came = paying.received(talk.db, talk.member.member_id, lot_id, LISTED)
    options = [Option(_paid(talk, each), to(ask, each.question_id)) for each in came]
    said = _("Payé de ce lot:") if came else _("Rien n'est encore noté comme payé de ce lot.")
    too_much = coming.paid_too_much(talk.db, talk.member.member_id, lot_id)
    if too_much:
        said = _("Payé en trop: {amount}", amount=talk.member.money(too_much)) + "\n" + said
    return Menu(said, options)


def _paid(talk: Talk, each: Received) -> str:
    said = {True: _("reçu"), False: _("pas reçu"), None: _("à dire: reçu ou non")}
    return _(
        "{day} {amount} {channel}, {said}",
        day=i18n.short_day(each.on, talk.today),
        amount=talk.member.money(each.amount),
        channel=channel.channel(each.channel),
        said=said[each.came],
    )
