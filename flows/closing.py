"""The cash of the cooperative as it was counted last, beside what the books said."""

from flows import grievance, i18n
from flows.engine import Menu, Option, screen, to
from flows.grievance import Reason
from flows.guards import code_given
from flows.talk import Talk
from models import closings

_ = i18n.words(__name__)


@screen(needs=code_given)
def home(talk: Talk) -> Menu:
    closing = closings.last(talk.db, talk.member.cooperative_id)
    if closing is None:
        return Menu(_("La caisse n'a pas encore été comptée."))
    said = _(
        "Caisse, fin {month}\nComptée: {counted}\nLivre: {book}\n{difference}",
        month=f"{closing.month:%m/%Y}",
        counted=talk.member.money(closing.counted),
        book=talk.member.money(closing.book),
        difference=_difference(talk, closing.difference),
    )
    if closing.short:
        said += "\n" + _("Des entrées d'argent ne sont pas notées.")
    return Menu(said, [Option(_("Ce n'est pas juste"), to(not_right))])


def _difference(talk: Talk, difference: int) -> str:
    if difference == 0:
        return _("C'est juste.")
    amount = talk.member.money(abs(difference))
    return _("Il manque {amount}", amount=amount) if difference < 0 else _("En trop: {amount}", amount=amount)


@screen(needs=code_given)
def not_right(talk: Talk) -> Menu:
    reasons = {Reason.WRONG_AMOUNT: _("Montant faux"), Reason.OTHER: _("Autre")}
    return grievance.not_right(reasons, None)
