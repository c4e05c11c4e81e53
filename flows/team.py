"""Work of the team in a lot: the leader writes it down by member number, each worker is asked, and says yes or no."""

from collections.abc import Mapping

from flows import answers, approval, i18n, late, refusals
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import code_given
from flows.talk import Talk
from models import lot_drafts, lots, members, publishing, rules, work
from models.hands import NotAllowed
from models.lots import Delivered
from models.members import OFFICERS
from models.money import grouped
from models.refused import Refused
from models.rules import Written
from models.sharing import By, Fixed, Per
from models.work import Done, NewWork, Word

_ = i18n.words(__name__)

LOTS = 6
WORDS: Mapping[Word, str] = {
    Word.YES: i18n.mark("oui"),
    Word.WITNESS: i18n.mark("témoin"),
    Word.NO: i18n.mark("non"),
    Word.SILENT: i18n.mark("attend"),
}
COUNT: Mapping[By, str] = {
    By.DAYS: i18n.mark("Combien de jours?"),
    By.SHIFTS: i18n.mark("Combien de postes?"),
    By.BOWLS: i18n.mark("Combien de bols?"),
    By.WEIGHT: i18n.mark("Quel poids? (en mg)"),
}
HOW_MANY: Mapping[Per, str] = {
    Per.PIT: i18n.mark("Combien de puits pour ce lot?"),
    Per.SACK: i18n.mark("Combien de sacs pour ce lot?"),
    Per.DAY: i18n.mark("Combien de jours pour ce lot?"),
}
COUNTED: Mapping[Per, str] = {
    Per.PIT: i18n.mark("Compter les puits"),
    Per.SACK: i18n.mark("Compter les sacs"),
    Per.DAY: i18n.mark("Compter les jours du lot"),
}


def leading(talk: Talk, place: Place) -> Place | None:
    """Those who write down the work of others: team leaders and officers, behind their code."""
    elsewhere = code_given(talk, place)
    if elsewhere is None and talk.member.role not in lots.RECORDERS:
        raise UnknownPlace(place.name)
    return elsewhere


def _lot(talk: Talk, lot_id: int) -> tuple[Delivered, Written]:
    """A lot of the speaker's cooperative, and its rule. Raises UnknownPlace."""
    found = lots.delivered(talk.db, lot_id)
    if found is None or found.cooperative_id != talk.member.cooperative_id:
        raise UnknownPlace("team.lot")
    written = rules.rule(talk.db, found.rule_id)
    if written is None:
        raise UnknownPlace("team.lot")
    return found, written


@screen(needs=leading)
def home(talk: Talk) -> Menu:
    delivered = lots.open_lots(talk.db, talk.member.cooperative_id, LOTS)
    listed = [
        Option(_("Lot {number} du {day}", number=each.number, day=i18n.day(each.delivered_on)), to(lot, each.lot_id))
        for each in delivered
    ]
    text = _("Lots à partager") if listed else _("Aucun lot n'attend d'être partagé.")
    return Menu(text, [*listed, Option(_("Retards de cotisation"), to(late.home), number=7)])


@screen(needs=leading)
def lot(talk: Talk, lot_id: int) -> Menu:
    delivered, written = _lot(talk, lot_id)
    team = work.team(talk.db, lot_id)
    options = [Option(_("Noter le travail"), to(who, lot_id)), Option(_("Qui a dit oui?"), to(said, lot_id))]
    asked = {step.per for step in written.rule.steps if isinstance(step, Fixed) and step.per is not Per.LOT}
    options += [Option(_(COUNTED[per]), to(count, lot_id, per)) for per in Per if per in asked]
    if talk.member.role in OFFICERS:
        options.append(Option(_("Proposer le partage"), to(propose_sure, lot_id)))
    text = _(
        "Lot {number}\nNotés: {people}\nOnt confirmé: {sure}",
        number=delivered.number,
        people=len(team),
        sure=sum(each.confirmed for each in team),
    )
    return Menu(text, options)


@screen(needs=leading)
def said(talk: Talk, lot_id: int) -> Menu:
    _lot(talk, lot_id)
    options = [
        Option(
            _("{number}: {weight}, {word}", number=each.number, weight=grouped(each.weight), word=_(WORDS[each.word])),
            to(again, lot_id, each.member_id),
        )
        for each in work.team(talk.db, lot_id)
    ]
    return Menu(_("Travail noté, par membre") if options else _("Rien n'est encore noté."), options)


@screen(needs=leading)
def again(talk: Talk, lot_id: int, member_id: int) -> Menu:
    done = work.of_member(talk.db, lot_id, member_id)
    if done is None:
        raise UnknownPlace("team.again")
    return Menu(
        _("Membre {number}, {name}\n{weight}: {word}", **_facts(done)),
        [
            Option(_("Corriger"), to(weigh, lot_id, member_id, done.team)),
            Option(_("N'a pas travaillé"), to(record, lot_id, member_id, done.team, 0)),
            Option(_("Retour à la liste"), to(said, lot_id)),
        ],
    )


def _facts(done: Done) -> dict[str, object]:
    return {"number": done.number, "name": done.name, "weight": grouped(done.weight), "word": _(WORDS[done.word])}


@screen(needs=leading)
def who(talk: Talk, lot_id: int, unknown: bool = False) -> Ask[str]:
    question = _("Numéro du membre qui a travaillé:")
    if unknown:
        question = _("Ce numéro n'est pas dans la coopérative.") + "\n" + question
    return Ask(question, read=answers.member_number, then=lambda number: to(found, lot_id, number))


@screen(needs=leading)
def found(talk: Talk, lot_id: int, number: str) -> Menu | Ask[str]:
    _delivered, written = _lot(talk, lot_id)
    called = members.called(talk.db, talk.member.cooperative_id, number)
    if called is None:
        return who(talk, lot_id, unknown=True)
    member_id, name = called
    options = [
        Option(team or _("C'est bien cette personne"), to(weigh, lot_id, member_id, team))
        for team in work.teams(written)
    ]
    return Menu(_("Membre {number}, {name}", number=number, name=name), options)


@screen(needs=leading)
def weigh(talk: Talk, lot_id: int, member_id: int, team: str) -> Ask[int] | Menu:
    by = work.teams(_lot(talk, lot_id)[1]).get(team)
    if by is None:
        raise UnknownPlace("team.weigh")
    if by is By.EQUAL:
        return Menu(
            _("Cette personne a travaillé pour ce lot?"),
            [
                Option(_("Oui"), to(record, lot_id, member_id, team, 1)),
                Option(_("Non"), to(record, lot_id, member_id, team, 0)),
            ],
        )
    return Ask(
        _(COUNT[by]),
        read=answers.count,
        then=lambda weight: to(record, lot_id, member_id, team, weight),
        keys=answers.COUNTING,
    )


@action(needs=leading)
def record(talk: Talk, lot_id: int, member_id: int, team: str, weight: int) -> Place:
    try:
        work.record(talk.db, talk.hand, lot_id, NewWork(member_id, weight, team), talk.now)
    except Refused as refused:
        return to(refusals.why, refused.fault, refused.about)
    return to(recorded, lot_id, member_id)


@screen(needs=leading)
def recorded(talk: Talk, lot_id: int, member_id: int) -> Menu:
    text = _("C'est noté. La personne va confirmer sur son téléphone.")
    if member_id == talk.member.member_id:
        text = _("C'est noté. Pour votre propre travail il faut un témoin: dites-le au bureau.")
    elif not members.phones(talk.db, member_id):
        text = _("C'est noté. Cette personne n'a pas de téléphone: dites au bureau qui est témoin.")
    return Menu(
        text,
        [Option(_("Noter un autre membre"), to(who, lot_id)), Option(_("Le lot"), to(lot, lot_id))],
    )


@screen(needs=leading)
def count(talk: Talk, lot_id: int, per: Per) -> Ask[int]:
    return Ask(
        _(HOW_MANY[per]),
        read=answers.count,
        then=lambda counted: to(keep_count, lot_id, per, counted),
        keys=answers.COUNTING,
    )


@action(needs=leading)
def keep_count(talk: Talk, lot_id: int, per: Per, counted: int) -> Place:
    try:
        lots.count(talk.db, talk.hand, lot_id, per, counted)
    except Refused as refused:
        return to(refusals.why, refused.fault, refused.about)
    return to(lot, lot_id)


@screen(needs=leading)
def propose_sure(talk: Talk, lot_id: int) -> Menu:
    delivered, _written = _lot(talk, lot_id)
    try:
        draft = lot_drafts.draft(talk.db, delivered)
    except Refused as refused:
        return Menu(refusals.worded(refused.fault, refused.about), [Option(_("Le lot"), to(lot, lot_id))])
    money = talk.member.money
    shared = sum(draft.result.net.values()) + sum(draft.result.recovered.values())
    return Menu(
        _(
            "Lot {number}\nVente: {gross}\nAux membres: {shared}\nUn autre responsable approuve dans les 24 h.",
            number=delivered.number,
            gross=money(draft.priced.gross),
            shared=money(shared),
        ),
        [Option(_("Proposer"), to(propose, lot_id)), Option(_("Pas maintenant"), to(lot, lot_id))],
    )


@action(needs=leading)
def propose(talk: Talk, lot_id: int) -> Place:
    try:
        publishing.propose(talk.db, talk.hand, lot_id, talk.now)
    except Refused as refused:
        return to(refusals.why, refused.fault, refused.about)
    except NotAllowed as barred:
        return to(approval.barred, barred.bar)
    return to(proposed, lot_id)


@screen(needs=leading)
def proposed(talk: Talk, lot_id: int) -> Menu:
    return Menu(
        _("Proposé. Un autre responsable doit approuver dans les 24 h."), [Option(_("Le lot"), to(lot, lot_id))]
    )
