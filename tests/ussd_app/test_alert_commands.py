"""The office's commands on alerts: from the first word to the assembly that closes one, and what is refused."""

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.ussd_app.test_commands import run

KINDS = ["sqlite", "postgresql"]


def words(said: str, by: str) -> tuple[str, ...]:
    return ("--words", said, "--by", by)


def alert(app: Flask, *given: str) -> tuple[int, str]:
    return run(app, "alerts", *given)


def test_an_alert_from_the_first_word_to_the_assembly_that_closes_it(app: Flask, clock: Clock) -> None:
    assert alert(app, "raise", "KOGB", "money", *words("caisse vide", "2")) == (0, "1\n")
    assert alert(app, "ask", "KOGB", "1", "--orally", *words("où est l'or", "6")) == (
        0,
        "asked, answer by 2026-12-22\n",
    )
    assert alert(app, "answer", "KOGB", "1", *words("la pompe", "1")) == (0, "answered\n")
    assert alert(app, "judge", "KOGB", "1", "not_satisfied", *words("sans reçu", "2")) == (0, "not_satisfied\n")
    call = ("meetings", "call", "KOGB", "extraordinary", "2026-12-20T09:00", "--place", "École", "--agenda", "Alerte")
    meeting = run(app, *call, "--by", "2")[1].strip()
    how = ("--urgent", "--meeting", meeting)
    assert alert(app, "report", "KOGB", "1", *how, *words("urgent", "2")) == (0, "convened\n")
    clock.pass_by(days=28)
    assert alert(app, "close", "KOGB", "1", "--meeting", meeting, *words("remboursé", "2")) == (0, "closed\n")
    code, said = alert(app, "list", "FEDE", "1", "--by", "2")
    assert (code, said.splitlines()) == (
        0,
        [
            "1\tKogbera\tmoney\tclosed\traised 2026-11-22 by Kogbera\tanswer by 2026-12-22",
            "2026-11-22 10:00\traise\tsurveillance 2 of Kogbera\t-\tcaisse vide",
            "2026-11-22 10:00\tspeak\tsurveillance 6 of Kogbera\t-\toù est l'or",
            "2026-11-22 10:00\tanswer\tpresident 1 of Kogbera\t-\tla pompe",
            "2026-11-22 10:00\trefuse\tsurveillance 2 of Kogbera\t-\tsans reçu",
            "2026-11-22 10:00\tconvene\tsurveillance 2 of Kogbera\tassembly of 2026-12-20\turgent",
            "2026-12-20 10:00\tclose\tsurveillance 2 of Kogbera\tassembly of 2026-12-20\tremboursé",
        ],
    )
    assert run(app, "ledger", "check")[0] == 0


def test_a_body_above_in_place_of_its_affiliate_and_what_is_late(app: Flask, clock: Clock) -> None:
    assert alert(app, "raise", "FEDE", "no_assembly", "--on", "KOGB", *words("pas d'AG", "1")) == (0, "1\n")
    assert alert(app, "ask", "FEDE", "1", *words("quand", "2")) == (0, "asked, answer by 2026-12-22\n")
    clock.pass_by(days=31)
    line = "1\tKogbera\tno_assembly\tnot_answered\traised 2026-11-22 by Fédération Sanoudougou\tanswer by 2026-12-22"
    for body, by in (("FEDE", "1"), ("KOGB", "2"), ("KOGB", "1")):
        assert alert(app, "list", body, "--by", by) == (0, f"{line}\tlate\n")
    assert alert(app, "list", "SANO", "--by", "4") == (0, "")
    assert alert(app, "report", "FEDE", "1", *words("rien", "1")) == (0, "reported\n")
    assert alert(app, "close", "FEDE", "1", *words("AG du 3 mars", "1")) == (0, "closed\n")


def test_who_must_explain_reads_no_witness_in_a_command_either(app: Flask) -> None:
    alert(app, "raise", "KOGB", "money", *words("Awa l'a vu", "2"))
    assert alert(app, "list", "KOGB", "--by", "1") == (0, "")
    alert(app, "ask", "KOGB", "1", *words("où est l'or", "2"))
    said = alert(app, "list", "KOGB", "1", "--by", "1")[1]
    assert "où est l'or" in said
    assert "Awa" not in said


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("raise", "KOGB", "money", *words("x", "1")), "--by must name surveillance of the cooperative"),
        (("raise", "KOGB", "money", *words("x", "5")), "--by must name surveillance of the cooperative"),
        (("raise", "KOGB", "money", *words("x", "7")), "is no officer of KOGB"),
        (("raise", "SANO", "money", "--on", "KOGB", *words("x", "4")), "--by must name surveillance"),
        (("raise", "FEDE", "money", "--on", "NONE", *words("x", "1")), "no cooperative NONE"),
        (("raise", "KOGB", "accounts", *words("x", "6")), "this alert is raised already"),
        (("raise", "KOGB", "money", *words(" ", "2")), "--words must say why"),
        (("ask", "KOGB", "9", *words("x", "2")), "no such alert for this officer"),
        (("ask", "KOGB", "1", *words("x", "5")), "no such alert for this officer"),
        (("ask", "FEDE", "1", *words("x", "1")), "--by must name surveillance of the cooperative"),
        (("answer", "KOGB", "1", *words("x", "1")), "no such alert for this officer"),
        (("judge", "KOGB", "1", "accepted", *words("x", "2")), "the alert does not stand where this is done"),
        (("close", "KOGB", "1", *words("x", "2")), "the alert does not stand where this is done"),
        (("report", "KOGB", "1", "--meeting", "99", *words("x", "2")), "the alert does not stand where this is done"),
        (("list", "KOGB", "7", "--by", "2"), "no such alert for this officer"),
        (("list", "SANO", "1", "--by", "4"), "no such alert for this officer"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(app: Flask, given: tuple[str, ...], why: str) -> None:
    assert alert(app, "raise", "KOGB", "accounts", *words("pas de comptes", "2")) == (0, "1\n")
    code, said = alert(app, *given)
    assert (code, why in said, len(said.splitlines())) == (1, True, 1), said


def test_an_assembly_that_does_not_fit_is_refused(app: Flask, clock: Clock) -> None:
    alert(app, "raise", "KOGB", "accounts", *words("pas de comptes", "2"))
    alert(app, "ask", "KOGB", "1", *words("où", "2"))
    clock.pass_by(days=31)
    code, said = alert(app, "report", "KOGB", "1", "--meeting", "1", *words("x", "2"))
    assert (code, said) == (
        1,
        "give an assembly of the cooperative: to report or convene one to come, to close one that met since\n",
    )
