"""Alerts on a cooperative, behind the code: given by surveillance or a body above, read by who must explain."""

from enum import StrEnum

from flows import alert_step, alert_words, answers, i18n
from flows.alert_seen import found, watcher
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.talk import Talk
from models import alerts
from models.alerts import Ground, Halted, Seen

_ = i18n.words(__name__)


class Which(StrEnum):
    """Which alerts are listed."""

    OPEN = "open"
    LATE = "late"
    OVER = "over"


def _some(talk: Talk, which: Which) -> list[Seen]:
    seen = alerts.listed(talk.db, talk.hand, talk.now)
    if which is Which.LATE:
        return [each for each in seen if each.late(talk.now)]
    return [each for each in seen if each.over is (which is Which.OVER)]


def waiting(talk: Talk) -> int:
    """On how many alerts the next step is the speaker's own."""
    return alerts.waiting(alerts.listed(talk.db, talk.hand, talk.now), talk.hand, talk.now)


@screen(needs=watcher, deep=False)
def home(talk: Talk) -> Menu:
    late, opened = len(_some(talk, Which.LATE)), len(_some(talk, Which.OPEN))
    options = [
        Option(_("Alertes en cours ({count})", count=opened), to(listed, Which.OPEN), number=2),
        Option(_("Sans réponse à temps ({count})", count=late), to(listed, Which.LATE), number=3),
        Option(_("Alertes terminées"), to(listed, Which.OVER), number=4),
    ]
    if alerts.targets(talk.db, talk.hand):
        options.insert(0, Option(_("Donner l'alerte"), to(whose), number=1))
    return Menu(_("Alerte sur la coop: ce n'est pas une plainte"), options)


@screen(needs=watcher, deep=False)
def listed(talk: Talk, which: Which) -> Menu:
    seen = _some(talk, which)
    return Menu(_("Alertes sur la coop") if seen else _("Aucune alerte ici."), [_listed(talk, each) for each in seen])


def _listed(talk: Talk, each: Seen) -> Option:
    label = f"{alert_words.ground(each.ground)}, {alert_words.state(each.stands(talk.now))}"
    own = each.cooperative_id == talk.member.cooperative_id
    return Option(label if own else f"{each.cooperative}: {label}", to(alert_step.show, each.alert_id))


@screen(needs=watcher, deep=False)
def whose(talk: Talk) -> Menu:
    options = [Option(name, to(grounds, each)) for each, name in alerts.targets(talk.db, talk.hand)]
    return Menu(_("Quelle coop est en danger? Pour un tort fait à une personne: menu Plainte."), options)


def _named(talk: Talk, cooperative_id: int) -> str:
    """A cooperative the speaker may raise an alert on. Raises UnknownPlace."""
    name = dict(alerts.targets(talk.db, talk.hand)).get(cooperative_id)
    if name is None:
        raise UnknownPlace("alert.whose")
    return name


@screen(needs=watcher, deep=False)
def grounds(talk: Talk, cooperative_id: int) -> Menu:
    lines = [_("{cooperative}: quel danger?", cooperative=_named(talk, cooperative_id))]
    hints = [alert_words.hint(each) for each in alerts.hints(talk.db, cooperative_id, talk.now)]
    if hints:
        lines.append(_("À vérifier: {hints}", hints="; ".join(hints)))
    options = [Option(alert_words.ground(each), to(words, cooperative_id, each)) for each in Ground]
    return Menu("\n".join(lines), options)


@screen(needs=watcher, deep=False)
def words(talk: Talk, cooperative_id: int, ground: Ground) -> Ask[str]:
    _named(talk, cooperative_id)
    return Ask(
        _("Qu'avez-vous vu? Quelques mots. Le bureau ne les lira pas:"),
        read=answers.some_words,
        then=lambda said: to(sure, cooperative_id, ground, said),
        free=True,
    )


@screen(needs=watcher, deep=False)
def sure(talk: Talk, cooperative_id: int, ground: Ground, said: str) -> Menu:
    text = _(
        "Alerte sur la coop {cooperative}: {ground}. Elle reste écrite, avec votre numéro. Les unions la voient.",
        cooperative=_named(talk, cooperative_id),
        ground=alert_words.ground(ground),
    )
    options = [Option(_("Donner l'alerte"), to(give, cooperative_id, ground, said)), Option(_("Non"), to(home))]
    return Menu(text, options)


@action(needs=watcher)
def give(talk: Talk, cooperative_id: int, ground: Ground, said: str) -> Place:
    try:
        alert_id = alerts.trigger(talk.db, talk.hand, cooperative_id, ground, said, talk.now)
    except Halted as error:
        return to(alert_step.halted, error.halt)
    return to(given, alert_id)


@screen(needs=watcher, deep=False, resumes=False)
def given(talk: Talk, alert_id: int) -> Menu:
    text = _("L'alerte est donnée. Demandez maintenant une explication au bureau: il a un mois pour répondre.")
    return Menu(text, alert_step.offered(talk, found(talk, alert_id)))
