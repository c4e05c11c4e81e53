"""What the talk itself says, whatever it is about: that it is over, was cut, or that a press was not understood."""

from flows import i18n

_ = i18n.words(__name__)


def ended() -> str:
    """That a session is over, and how to go on."""
    return _("Cette session est finie. Refaites le numéro.")


def choose_a_number() -> str:
    """That a page is answered with one of its numbers."""
    return _("Choisissez un numéro.")


def read_on() -> str:
    """That there is more of a page."""
    return _("Lisez d'abord jusqu'au bout: tapez 9.")


def has_changed() -> str:
    """That a page is no more."""
    return _("Le service a changé. Recommencez.")


def words_lost() -> str:
    """That the talk was forgotten in which somebody typed words: what it led to was kept, or was not."""
    return _("Coupure: ce qui a déjà un numéro est gardé. Sinon vos derniers mots sont perdus, écrivez-les encore.")


def words_lost_and_over() -> str:
    """The same, where the session cannot go on."""
    return words_lost() + " " + _("Refaites le numéro.")


def no_answer() -> str:
    """That something of ours is out of order."""
    return _("Le service ne répond pas. Refaites le numéro dans un moment.")


def no_answer_to_a_press() -> str:
    """The same, where something was sent: it may have been kept all the same."""
    return no_answer() + " " + _("Ce que vous venez d'envoyer est peut-être déjà gardé: vérifiez avant de recommencer.")
