"""My account: what the register says of me, my secret code, amounts by SMS, notices."""

from flows import books, code, i18n, join, language, names, party
from flows.engine import Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import code_given
from flows.talk import Talk
from models import announcing, codes, inbox, members
from models.announcements import LEADERS
from models.members import Role

_ = i18n.words(__name__)


@screen(needs=code_given)
def home(talk: Talk) -> Menu:
    speaker = talk.member
    options = [Option(_("Changer le code secret"), to(code.choose, to(home)))]
    if speaker.amounts_by_sms:
        options.append(Option(_("Arrêter les montants par SMS"), to(amounts_by_sms, wanted=False)))
    elif speaker.alone:  # whoever shares the phone would read them: there they never go by SMS
        options.append(Option(_("Recevoir les montants par SMS"), to(amounts_by_sms, wanted=True)))
    options.append(Option(_("Annonces par SMS"), to(notices)))
    if speaker.may_do_without:
        label = _("Enlever le code secret") if speaker.code_wanted else _("Remettre le code secret")
        options.append(Option(label, to(without_code) if speaker.code_wanted else to(guard, wanted=True)))
    options.append(Option(_("Mes numéros"), to(phones)))
    if speaker.role in (*LEADERS, Role.TEAM_LEADER):
        options.append(Option(_("Langue"), to(language.change), number=6))
    options.append(Option(_("Le livre des comptes"), to(books.home), number=7))
    options += party.offered(talk)
    title = _(
        "Membre {number}, {name}\n{coop}",
        number=speaker.number,
        name=speaker.name,
        coop=names.called(speaker.cooperative),
    )
    return Menu(title, options)


@action(needs=code_given)
def amounts_by_sms(talk: Talk, wanted: bool) -> Place:
    if wanted and not talk.member.alone:
        raise UnknownPlace("account.amounts_by_sms")
    members.want_amounts_by_sms(talk.db, talk.member.member_id, wanted)
    return to(noted)


@screen(needs=code_given)
def without_code(talk: Talk) -> Menu:
    return Menu(
        _("Sans code secret, celui qui tient ce téléphone voit vos comptes."),
        [
            Option(_("Je garde le code"), to(home)),
            Option(_("J'enlève le code"), to(guard, wanted=False)),
        ],
    )


@action(needs=code_given)
def guard(talk: Talk, wanted: bool) -> Place:
    if not talk.member.may_do_without:
        raise UnknownPlace("account.guard")
    codes.want(talk.db, talk.member.member_id, wanted)
    return to(noted)


@screen(needs=code_given)
def notices(talk: Talk) -> Menu:
    if inbox.opted_out(talk.db, talk.phone):
        return Menu(
            _("Vous ne recevez pas les annonces sur ce numéro."),
            [Option(_("Les recevoir"), to(take_notices, wanted=True))],
        )
    return Menu(
        _("Vous recevez les annonces sur ce numéro."),
        [Option(_("Ne plus les recevoir"), to(take_notices, wanted=False))],
    )


@action(needs=code_given)
def take_notices(talk: Talk, wanted: bool) -> Place:
    if wanted:
        inbox.opt_in(talk.db, talk.phone)
    else:
        announcing.silence(talk.db, talk.phone, talk.now)
    return to(noted)


@screen(needs=code_given)
def phones(talk: Talk) -> Menu:
    numbers = members.phones(talk.db, talk.member.member_id)
    elsewhere = Option(_("Lier ce téléphone à un autre membre"), to(join.where, linking=True))
    return Menu("\n".join([_("Vos numéros:"), *(f"...{number[-4:]}" for number in numbers)]), [elsewhere])


@screen(needs=code_given)
def noted(talk: Talk) -> Menu:
    return Menu(_("C'est noté."), [Option(_("Mon compte"), to(home))])
