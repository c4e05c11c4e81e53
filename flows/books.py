"""The book of accounts: how long it is and its fingerprint, today or as a sheet on the notice board has it."""

from flows import answers, closing, grievance, i18n, names
from flows.engine import Ask, Menu, Option, screen, to
from flows.engine.pages import BACK, HOME
from flows.guards import member
from flows.talk import Talk
from models import chain
from models.money import grouped

_ = i18n.words(__name__)


@screen(needs=member)
def home(talk: Talk) -> Menu:
    end = chain.head(talk.db, talk.member.cooperative_id)
    whose = names.called(talk.member.cooperative)
    if end is None:
        return Menu(_("Le livre de {coop} est vide.", coop=whose))
    said = _(
        "Livre de {coop}\n{count} écritures\nEmpreinte {mark}", coop=whose, count=grouped(end.entries), mark=end.print
    )
    options = [Option(_("Vérifier une feuille affichée"), to(sheet)), Option(_("La caisse"), to(closing.home))]
    return Menu(said, options)


@screen(needs=member)
def sheet(talk: Talk) -> Ask[int]:
    return Ask(
        _("Combien d'écritures sont marquées sur la feuille?"),
        read=answers.entries,
        then=lambda entries: to(printed, entries),
        keys=frozenset({BACK, HOME}),
    )


@screen(needs=member)
def printed(talk: Talk, entries: int) -> Menu:
    then = chain.at(talk.db, talk.member.cooperative_id, entries)
    if then is None:
        said = _("Le livre n'a pas d'écriture {count}. Vérifiez le nombre.", count=grouped(entries))
    else:
        said = _(
            "À {count} écritures, empreinte {mark}.\nLa feuille dit la même chose?",
            count=grouped(entries),
            mark=then.print,
        )
    options = [Option(_("Une autre feuille"), to(sheet)), Option(_("Non, ce n'est pas pareil"), to(grievance.home))]
    return Menu(said, options)
