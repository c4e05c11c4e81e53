"""The office's commands on meetings: one meeting through notice, change, door and decisions; lists that name it."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from models.snags import Snag
from tests.conftest import NOW, Clock
from tests.phone import Phone
from tests.ussd_app.test_commands import run
from ussd_app.commands.meeting_refusals import NOT_CALLED

KINDS = ["sqlite", "postgresql"]
BAKARY, ISSOUF = "+22370000004", "+22370000015"
ROOT = Path(__file__).parents[2]
HEADER = "cooperative,starts_at,place,kind,agenda\n"
PLACE = "École de Kogbera"


def call(app: Flask, when: str = "2026-12-20T09:00", kind: str = "ordinary", by: str = "1") -> tuple[int, str]:
    return run(
        app, "meetings", "call", "KOGB", kind, when, "--place", PLACE, "--agenda", "Comptes;Élection", "--by", by
    )


def test_a_call_is_printed_alone_and_said_again_it_is_the_same(app: Flask, phone: Callable[[str], Phone]) -> None:
    code, said = call(app)
    assert code == 0
    assert said.strip().isdigit()
    assert call(app) == (0, said)
    bakary, issouf = phone(BAKARY).received(), phone(ISSOUF).received()
    assert bakary == [
        "Coop Kogbera: AG ordinaire le 20/12/2026 à 9h, École de Kogbera.\nOrdre du jour: Comptes, Élection.\n"
        "Avis complet: *384*77#, Réunions. Vous venez? OUI ou NON"
    ]
    assert issouf[0].startswith("Coop Kogbera: General meeting on 20")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("2026-12-01T09:00", "ordinary", "1"), "15 days before; call it with the kind `meeting` instead"),
        (("2026-11-01T09:00", "meeting", "1"), "in the past"),
        (("2026-12-20T09:00", "ordinary", "5"), "--by must name the president"),
        (("2026-12-20T09:00", "ordinary", "12"), "is no officer"),
        (("2026-12-12T09:00", "ordinary", "1"), ""),
    ],
)
def test_what_cannot_be_called_is_said_in_one_sentence(app: Flask, arguments: tuple[str, str, str], why: str) -> None:
    code, said = call(app, *arguments)
    assert (code, why in said, len(said.splitlines())) == (1 if why else 0, True, 1)


def test_a_list_that_still_has_the_old_time_means_the_same_meeting(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "meetings.csv"
    file.write_text(HEADER + f"KOGB,2026-12-20T09:00,{PLACE},ordinary,Comptes;Élection\n", encoding="utf-8")
    assert run(app, "import", "meetings", str(file))[0] == 0
    before = run(app, "export", "meetings")[1]
    number = call(app)[1].strip()
    assert run(app, "export", "meetings")[1] == before
    assert run(app, "meetings", "move", "KOGB", number, "2026-12-27T10:00", "--by", "3")[0] == 0
    moved = run(app, "export", "meetings")[1]
    assert "2026-12-27T10:00" in moved
    assert "2026-12-20T09:00" not in moved
    for _again in range(2):
        code, said = run(app, "import", "meetings", str(file))
        assert (code, run(app, "export", "meetings")[1]) == (0, moved), said
    file.write_text(HEADER + "KOGB,2026-12-20T09:00,Ailleurs,ordinary,Comptes;Élection\n", encoding="utf-8")
    code, said = run(app, "import", "meetings", str(file))
    assert code == 1
    assert "2:place: cette réunion est déjà convoquée; " in said
    (tmp_path / "all.csv").write_text(moved, encoding="utf-8")
    assert run(app, "import", "meetings", str(tmp_path / "all.csv"))[0] == 0
    assert run(app, "export", "meetings")[1] == moved


def test_from_the_notice_to_the_decisions(app: Flask, clock: Clock, phone: Callable[[str], Phone]) -> None:
    number = call(app)[1].strip()
    phone(BAKARY).received()
    phone(BAKARY).write("OUI")
    assert "come: 1, do not: 0" in run(app, "meetings", "show", "KOGB", number)[1]
    proof = run(app, "meetings", "proof", "KOGB", number)[1].splitlines()
    assert proof[1] == "notice given 28 days before, 15 needed (AUSCOOP 233)"
    assert "4\tsent\t...0004\t-\t-" in proof
    assert run(app, "meetings", "attend", "KOGB", number, "4", "--by", "3") == (
        1,
        "it is too early: the list opens three hours before the meeting, the minutes when it begins\n",
    )
    clock.now = NOW + timedelta(days=28)
    people = [str(each) for each in range(1, 12)]
    run(app, "meetings", "attend", "KOGB", number, *people, "--by", "3")
    assert "not enough members" in run(app, "meetings", "decide", "KOGB", number, "1", "adopted", "--by", "3")[1]
    assert run(app, "meetings", "attend", "KOGB", number, "1", "--for", "22", "--by", "3") == (
        0,
        "there: 11, represented: 1\n",
    )
    votes = ("--for", "10", "--against", "2")
    assert run(app, "meetings", "decide", "KOGB", number, "1", "adopted", *votes, "--by", "3") == (0, "adopted\n")
    assert "1. Comptes\tadopted, 10 for, 2 against" in run(app, "meetings", "show", "KOGB", number)[1]


def test_who_got_the_notice_hears_that_it_is_off(app: Flask, phone: Callable[[str], Phone]) -> None:
    number = call(app)[1].strip()
    bakary = phone(BAKARY)
    bakary.received()
    for _again in range(2):
        assert run(app, "meetings", "cancel", "KOGB", number, "--by", "1") == (0, "called off\n")
    (said,) = bakary.received()
    assert "annulé" in said
    bakary.write("OUI")
    assert "quoi répondez-vous" in bakary.received()[0]


def test_an_answer_is_about_the_newest_notice_that_reached_the_phone(
    app: Flask, clock: Clock, phone: Callable[[str], Phone]
) -> None:
    heard = call(app)[1].strip()
    phone(BAKARY).received()
    clock.pass_by(hours=12)  # the night
    waiting = call(app, "2026-12-05T09:00", "work_day")[1].strip()
    phone(BAKARY).write("OUI")
    assert "come: 1, do not: 0" in run(app, "meetings", "show", "KOGB", heard)[1]
    clock.pass_by(hours=10)
    phone(BAKARY).received()
    phone(BAKARY).write("NON")
    assert "come: 0, do not: 1" in run(app, "meetings", "show", "KOGB", waiting)[1]
    assert "come: 1, do not: 0" in run(app, "meetings", "show", "KOGB", heard)[1]


def test_who_reads_only_the_head_of_a_proof_hears_of_no_fault(app: Flask, settings: dict[str, str]) -> None:
    number = call(app)[1].strip()
    reads, writes = os.pipe()
    os.close(reads)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "meetings", "proof", "KOGB", number]
    environ = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environ, cwd=ROOT, stdout=writes, stderr=subprocess.PIPE, check=False)
    os.close(writes)
    assert (done.returncode, done.stderr) == (1, b"")


def test_bylaws_are_written_down_and_shown(app: Flask) -> None:
    code, said = run(app, "meetings", "bylaws", "KOGB", "--notice-days", "20", "--proxies", "2")
    assert code == 0
    assert "notice_days\t20\n" in said
    assert run(app, "meetings", "bylaws", "KOGB")[1] == said
    assert "20 days before" in call(app, "2026-12-08T09:00")[1]


def test_every_reason_not_to_call_has_its_sentence() -> None:
    assert NOT_CALLED.keys() == set(Snag)
