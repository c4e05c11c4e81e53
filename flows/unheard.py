"""The SMS that go back where words were no keyword: the list of words, who reads them, how to complain."""

from flows import i18n

_ = i18n.words(__name__)


def help_words(service_code: str) -> str:
    """What can be asked by SMS."""
    return _(
        "Envoyez MENU, COTI, PART, REUNION, RAPPEL, LANGUE ou STOP.\nOn vous fait du tort: PLAINTE et vos mots.\n"
        "Ou faites {code}, c'est gratuit.",
        code=service_code,
    )


def not_understood(service_code: str) -> str:
    """Words that are no keyword went to the office."""
    return _(
        "Bien reçu, le bureau lira votre message. Pour la liste des mots: AIDE. Ou faites {code}.", code=service_code
    )


def not_for_office(service_code: str) -> str:
    """Words that are no keyword, and may be about who runs the cooperative, or about a hurt."""
    return _(
        "Le bureau ne lit pas ce message, et il n'est pas gardé. Une plainte? Envoyez PLAINTE et vos mots, "
        "ou faites {code}. Une question? Envoyez RAPPEL.",
        code=service_code,
    )
