"""What is said on the screen when something goes by SMS."""

from flows import i18n
from flows.engine import Done, screen
from flows.talk import Talk

_ = i18n.words(__name__)


@screen(deep=False)
def sent(talk: Talk) -> Done:
    return Done(_("Le SMS part maintenant. Effacez-le si d'autres lisent ce téléphone."))
