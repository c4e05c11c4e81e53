"""A receipt is verified by its number from any phone: is it good, of which day, about how much; never whose it is."""

from flows import answers, i18n, receipt_words
from flows.engine import Ask, Menu, Option, screen, to
from flows.talk import Talk
from models import receipts
from models.receipts import Outcome

_ = i18n.words(__name__)


@screen
def ask(talk: Talk) -> Ask[str]:
    return Ask(
        _("Numéro du reçu, tous les chiffres (12345-6: tapez 123456):"),
        read=answers.receipt_number,
        then=lambda typed: to(found, typed),
    )


@screen
def found(talk: Talk, typed: str, code: str = "") -> Menu:
    wanted = receipts.asked(f"{typed} {code}")
    if wanted is None:
        return Menu(_("Ce numéro n'est pas juste."), [Option(_("Autre numéro"), to(ask))])
    answer = receipts.verify(talk.db, wanted, [each.cooperative_id for each in talk.speakers])
    text = receipt_words.verify(talk.service_code, **receipt_words.verify_facts(wanted.printed, answer))
    options = [Option(_("Vérifier un autre reçu"), to(ask))]
    if answer.outcome in (Outcome.SEVERAL, Outcome.NO_COOPERATIVE):
        options.insert(0, Option(_("Donner le code de la coopérative"), to(ask_code, typed)))
    return Menu(text, options)


@screen
def ask_code(talk: Talk, typed: str) -> Ask[str]:
    return Ask(_("Code de la coopérative:"), read=answers.cooperative_code, then=lambda code: to(found, typed, code))
