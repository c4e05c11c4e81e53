"""The words for figures of cases: the headings, what they count, and what is not said."""

from collections.abc import Mapping

from flows import i18n
from models.grievances.headings import ALL, YES, Figure
from models.grievances.periods import Period

_ = i18n.words(__name__)
mark = i18n.mark

# In the order in which they stand on paper; how many there are not is never said.
HEADINGS: Mapping[str, str] = {
    "received": mark("Reçues"),
    "category": mark("Sujet"),
    "lane": mark("Urgence"),
    "name": mark("Nom"),
    "sex": mark("Femmes et hommes"),
    "member": mark("Membres et autres"),
    "acknowledged": mark("Vu par le comité"),
    "answered": mark("Réponse"),
    "end": mark("Suite"),
    "outcome": mark("Suite en détail"),
    "appealed": mark("Recours"),
    "appeal": mark("Suite du recours"),
    "reopened": mark("Rouvertes"),
    "conflict": mark("Conflit d'intérêts"),
    "threatened": mark("Menaces"),
    "private": mark("En privé"),
}
VALUES: Mapping[Figure, str] = {
    ("received", ALL): mark("Plaintes reçues"),
    ("category", "money"): mark("Argent, parts"),
    ("category", "land"): mark("Terre, eau, champs"),
    ("category", "accident"): mark("Accident"),
    ("category", "children"): mark("Enfants au travail"),
    ("category", "leaders"): mark("Chefs, élections, argent détourné"),
    ("category", "chemicals"): mark("Mercure, cyanure"),
    ("category", "forces"): mark("Expulsion, barrage, gendarmes"),
    ("category", "buyer"): mark("Acheteur, poids, prix"),
    ("category", "papers"): mark("Refus de papiers"),
    ("category", "other"): mark("Autre sujet"),
    ("lane", "ordinary"): mark("Ordinaire"),
    ("lane", "urgent"): mark("Urgent"),
    ("lane", "external"): mark("Acheteur, société, État"),
    ("name", "committee"): mark("Le comité peut voir le nom"),
    ("name", "handler"): mark("Seul celui qui traite le voit"),
    ("name", "nobody"): mark("Sans nom"),
    ("sex", "woman"): mark("Femmes"),
    ("sex", "man"): mark("Hommes"),
    ("sex", "not_kept"): mark("Pas gardé"),
    ("member", "member"): mark("Membres"),
    ("member", "other"): mark("Pas membres"),
    ("member", "not_kept"): mark("Pas gardé"),
    ("acknowledged", "in_time"): mark("À temps"),
    ("acknowledged", "late"): mark("En retard"),
    ("acknowledged", "waiting"): mark("Pas encore"),
    ("acknowledged", "taken_back"): mark("Retirée avant"),
    ("answered", YES): mark("Avec une réponse"),
    ("end", "settled"): mark("Réglées"),
    ("end", "elsewhere"): mark("Confiées ailleurs ou retirées"),
    ("end", "open"): mark("En cours"),
    ("outcome", "agreement"): mark("Par accord"),
    ("outcome", "decision"): mark("Par décision après recours"),
    ("outcome", "referred"): mark("Confiées à un autre service"),
    ("outcome", "out_of_scope"): mark("Pas du ressort du comité"),
    ("outcome", "withdrawn"): mark("Retirées"),
    ("appealed", YES): mark("Avec recours"),
    ("appeal", "agreement"): mark("Accord"),
    ("appeal", "decision"): mark("Décision"),
    ("appeal", "elsewhere"): mark("Confié ailleurs ou retiré"),
    ("appeal", "open"): mark("En cours"),
    ("reopened", YES): mark("Rouvertes"),
    ("conflict", YES): mark("Traitées plus haut dès le dépôt"),
    ("threatened", YES): mark("Menaces signalées"),
    ("private", ALL): mark("Cas en privé, dans l'année"),
}


def heading(name: str) -> str:
    """What a heading is called."""
    return _(HEADINGS[name])


def label(figure: Figure) -> str:
    """What a figure counts."""
    return _(VALUES[figure])


def period(text: str) -> str:
    """A year, or a quarter of one."""
    read = Period.read(text)
    if read.quarter is None:
        return text
    return _("trimestre {quarter} de {year}", quarter=read.quarter, year=read.year)


def said(count: int | None) -> str:
    """A figure, or that it is not published; why, nobody is told."""
    return _("non publié") if count is None else f"{count}"
