"""In private (violence, abuse): help comes first, a case is kept only if it is wanted, and nothing reaches the phone.

No word on these pages names what happened. No number is kept, nothing is sent, and no page is offered again after a
dropped session. The federation's desk opens it; that of the own cooperative only where it was chosen.
"""

from flows import i18n
from flows.engine import Done, Menu, Option, Place, action, screen, to
from flows.guards import anybody
from flows.talk import Talk
from models import grievances
from models.grievances import Category, Complaint, Concerned, Help, Name, SafeTime

_ = i18n.words(__name__)


@screen(needs=anybody, deep=False, resumes=False)
def home(talk: Talk) -> Menu:
    return Menu(
        _("Vous décidez. Rien n'est envoyé à votre téléphone."),
        [
            Option(_("Parler à une femme du comité"), to(desk) if talk.speakers else to(safe, Help.TALK)),
            Option(_("Aide, soins: où aller"), to(care)),
            Option(_("Je suis en danger"), to(danger)),
            Option(_("Laisser un code"), to(leave)),
        ],
    )


@screen(deep=False, resumes=False)
def care(talk: Talk) -> Menu:
    text = _(
        "Les soins sont discrets: centre de santé, jour et nuit. Mieux avant 3 jours, mais venez même après. "
        "La police seulement si vous le voulez."
    )
    options = [
        Option(_("Qu'une femme m'accompagne"), to(safe, Help.CARE)),
        Option(_("Connaître mes droits"), to(safe, Help.LAW)),
    ]
    return Menu(text, options)


@screen(deep=False, resumes=False)
def danger(talk: Talk) -> Menu:
    text = _(
        "Partez vers un lieu sûr: centre de santé, chef de village, une voisine. Appelez à l'aide d'un autre téléphone."
    )
    return Menu(text, [Option(_("Qu'une femme m'aide"), to(safe, Help.SAFETY))])


@screen(needs=anybody, deep=False, resumes=False)
def desk(talk: Talk) -> Menu:
    return Menu(
        _("Quelle femme peut l'ouvrir? Personne d'autre ne le voit."),
        [
            Option(_("À la fédération, loin d'ici"), to(safe, Help.TALK)),
            Option(_("Dans ma coopérative"), to(safe, Help.TALK, at_home=True)),
        ],
    )


@screen(needs=anybody, deep=False, resumes=False)
def safe(talk: Talk, wished: Help, at_home: bool = False) -> Menu:
    times = {
        SafeTime.NEVER: _("Jamais, je rappelle"),
        SafeTime.MORNING: _("Matin"),
        SafeTime.NOON: _("Midi"),
        SafeTime.EVENING: _("Soir"),
        SafeTime.BY_SOMEBODY: _("Par une autre personne"),
    }
    options = [Option(label, to(keep, wished, each, at_home)) for each, label in times.items()]
    return Menu(_("Quand vous joindre sans risque?"), options)


@action(needs=anybody)
def leave(talk: Talk) -> Place:
    return _kept(talk, None, SafeTime.NEVER, at_home=False)


@action(needs=anybody)
def keep(talk: Talk, wished: Help, when: SafeTime, at_home: bool) -> Place:
    return _kept(talk, wished, when, at_home)


def _kept(talk: Talk, wished: Help | None, when: SafeTime, at_home: bool) -> Place:
    """Who speaks is not kept: it is given so that they never come to open it themselves."""
    speaker = talk.somebody
    home_id, member_id = (None, None) if speaker is None else (speaker.cooperative_id, speaker.member_id)
    said = (Category.PRIVATE, Concerned.UNSAID, Name.NOBODY, "")
    complaint = Complaint(*said, home_id, member_id, "", safe_time=when, help=wished, at_home=at_home)
    done = grievances.file(talk.db, complaint, talk.key, talk.now)
    return to(kept, done.reference, done.code, done.handled_by is not None, when is SafeTime.BY_SOMEBODY)


@screen(deep=False, resumes=False)
def kept(talk: Talk, reference: str, code: str, opened: bool, by_somebody: bool) -> Done:
    lines = [_("D'accord. Dossier {reference}\nCode {code}", reference=reference, code=code)]
    if opened:
        lines.append(_("Une seule personne l'ouvre. Elle ne connaît pas votre numéro."))
    else:
        lines.append(_("Personne ne peut encore l'ouvrir sans risque pour vous. Le centre de santé aide jour et nuit."))
    lines.append(_("Cette personne peut rappeler avec ce code.") if by_somebody else _("Rappelez quand vous voulez."))
    return Done("\n".join(lines))
