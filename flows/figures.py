"""What a member reads of the figures of cases: those that their cooperative published of its last year."""

from flows import figure_words, i18n
from flows.engine import Menu, screen
from flows.guards import member
from flows.talk import Talk
from models.grievances import published
from models.grievances.headings import RECEIVED, End, Heading, Seen
from models.grievances.published import Published

_ = i18n.words(__name__)

READ = {
    RECEIVED: i18n.mark("Reçues: {count}"),
    (Heading.ACKNOWLEDGED, Seen.IN_TIME): i18n.mark("Vues à temps: {count}"),
    (Heading.END, End.SETTLED): i18n.mark("Réglées: {count}"),
    (Heading.END, End.ELSEWHERE): i18n.mark("Confiées ailleurs ou retirées: {count}"),
    (Heading.END, End.OPEN): i18n.mark("En cours: {count}"),
}


@screen(needs=member, deep=False)
def home(talk: Talk) -> Menu:
    found = published.newest(talk.db, talk.member.cooperative_id)
    if found is None:
        return Menu(_("Aucun chiffre des plaintes n'est encore publié. Il l'est une fois par an, à l'assemblée."))
    lines = [_("Plaintes {year}, chiffres publiés", year=found.period), *_counts(found)]
    if found.days is not None:
        lines.append(_("La moitié des réponses: en {days} jours au plus", days=found.days))
    if found.changed:
        lines.append(_("Ce qui a changé: {changed}", changed="; ".join(found.changed)))
    return Menu("\n".join(lines))


def _counts(found: Published) -> list[str]:
    """The figures a member asks for first. One that is hidden is so for everybody."""
    counts = {figure: figure_words.said(found.shown.get(figure)) for figure in READ}
    return [_(READ[figure], count=count) for figure, count in counts.items()]
