"""An unknown caller asks to be linked to their member number, or to become a member; a secretary decides."""

from flows import answers, call, i18n
from flows.engine import Ask, Done, Menu, Option, Place, action, screen, to
from flows.engine.pages import BACK, HOME
from flows.talk import Talk
from models import callers, cooperatives, phone
from models.callers import Wish

_ = i18n.words(__name__)


@screen
def where(talk: Talk, linking: bool) -> Menu:
    near = cooperatives.joinable(talk.db, phone.country(talk.phone)) or cooperatives.joinable(talk.db, None)
    options = [
        Option(name, to(number, cooperative) if linking else to(agree, cooperative)) for cooperative, name in near
    ]
    return Menu(_("Quelle coopérative?") if near else _("Aucune coopérative n'est encore inscrite."), options)


@screen
def number(talk: Talk, cooperative: int) -> Ask[str]:
    return Ask(
        _("Votre numéro de membre, comme sur la carte (8 et 9 comptent comme des chiffres):"),
        read=answers.member_number,
        then=lambda typed: to(agree, cooperative, number=typed),
        keys=frozenset({BACK, HOME}),
    )


@screen
def agree(talk: Talk, cooperative: int, number: str | None = None) -> Menu:
    return Menu(
        _("La coop garde: nom, numéro, cotisations, parts, dossiers. Vous pouvez les voir et les faire corriger."),
        [
            Option(_("J'accepte"), to(ask, cooperative, number)),
            Option(_("Non"), to(declined)),
            Option(_("On m'explique de vive voix"), to(call.call_me, topic="join.agree")),
        ],
    )


@action
def ask(talk: Talk, cooperative: int, number: str | None = None) -> Place:
    callers.ask_to_join(talk.db, Wish(talk.phone, cooperative, number, talk.language), talk.key, talk.now)
    return to(asked)


@screen
def asked(talk: Talk) -> Done:
    return Done(
        _(
            "Demande notée. Passez au secrétariat avec votre carte ou une pièce d'identité: on confirme sur place. "
            "Ensuite faites {code}.",
            code=talk.service_code,
        )
    )


@screen
def declined(talk: Talk) -> Done:
    return Done(_("Rien n'est gardé. Vous pouvez revenir quand vous voulez."))
