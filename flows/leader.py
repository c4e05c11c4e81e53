"""What a leader does for many: call a meeting, see who comes, write to members, warn of a danger."""

from flows import announce, arrived, convene, convened, i18n, regular
from flows.engine import Menu, Option, screen, to
from flows.guards import officer
from flows.talk import Talk
from models.announcements import ANNOUNCERS, LEADERS
from models.convening import CALLERS
from models.members import OFFICERS

_ = i18n.words(__name__)

leading = officer(*LEADERS)


@screen(needs=leading, deep=False)
def home(talk: Talk) -> Menu:
    role, options = talk.member.role, []
    if role in CALLERS:
        options.append(Option(_("Convoquer une réunion"), to(convene.home), number=1))
        options.append(Option(_("Réunions prévues, qui vient"), to(convened.home), number=2))
    if role in ANNOUNCERS:
        options.append(Option(_("Envoyer une annonce"), to(announce.home), number=3))
    if role in OFFICERS:
        options.append(Option(_("Danger: prévenir vite"), to(announce.danger), number=4))
    options.append(Option(_("Messages arrivés"), to(arrived.last), number=5))
    if role in CALLERS:
        options.append(Option(_("Réunions régulières"), to(regular.home), number=6))
    return Menu(_("Réunions et messages"), options)
