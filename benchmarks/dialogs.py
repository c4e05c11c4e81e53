"""The dialogs that are played: what is typed at each step, and what the page must say to count."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.books import CODE


@dataclass(frozen=True, slots=True)
class Step:
    """One press. A secret code is weighed on purpose for some 30 ms, so presses with one are reported apart."""

    name: str
    typed: str
    says: str
    acts: bool = False
    code: bool = False


Dialog = Sequence[Step]

_HOME = Step("home", "", "Mes cotisations")
_ASKED = "Code secret"

MEETINGS: Dialog = (
    _HOME,
    Step("meetings", "3", "Formation"),
    Step("a meeting", "1", "Ordre du jour"),
    Step("agenda", "1", "Gants et masques"),
    Step("back", "0", "Je viens"),
    Step("I come (action)", "2", "vous venez", acts=True),
)
DUES: Dialog = (
    _HOME,
    Step("code asked", "1", _ASKED),
    Step("code, dues (action)", CODE, "Reste", acts=True, code=True),
    Step("detail", "1", "Plus anciens"),
    Step("entry", "1", "OM000000"),
    Step("home again", "00", "Mes cotisations"),
    Step("dues", "1", "Reste"),
)
SHARE: Dialog = (
    _HOME,
    Step("code asked", "2", _ASKED),
    Step("code, share (action)", CODE, "Votre part", acts=True, code=True),
    Step("other lots", "2", "Mes lots"),
    Step("a lot", "1", "Votre part"),
)
DIALOGS: Sequence[Dialog] = (MEETINGS, DUES, SHARE)


def transcripts(dialog: Dialog) -> list[tuple[Step, str]]:
    """Each step with the text a gateway sends: everything typed so far."""
    typed = [step.typed for step in dialog[1:]]
    return [(step, "*".join(typed[:index])) for index, step in enumerate(dialog)]
