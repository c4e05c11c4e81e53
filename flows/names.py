"""How a cooperative is called on a small screen."""

from flows import i18n

_ = i18n.words(__name__)

AT_MOST = 28


def called(cooperative: str) -> str:
    """The name above the menu, once with "Coop", and short enough to leave room for the menu."""
    name = cooperative if len(cooperative) <= AT_MOST else cooperative[:AT_MOST].rstrip() + "."
    return name if name.lower().startswith("coop") else _("Coop {name}", name=name)
