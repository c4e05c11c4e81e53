"""The office's commands, as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from models import gsm
from tests.phone import Phone
from ussd_app import create_app, service
from ussd_app.config import Config

KINDS = ["sqlite", "postgresql"]
STRANGER = "+22370000099"


def run(app: Flask, *words: str, text: str = "") -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=words, input=text)
    return done.exit_code, done.output


def test_check_says_that_all_is_well(app: Flask) -> None:
    assert run(app, "check") == (0, "settings, database and keys: all well\n")


def test_check_finds_keys_that_do_not_open_what_was_sealed(
    app: Flask, settings: dict[str, str], phone: Callable[[str], Phone]
) -> None:
    phone(STRANGER).dial()
    assert run(app, "check")[0] == 0
    for name in ("FIELD_KEYS", "INDEX_KEY", "PIN_PEPPER"):
        other = create_app(Config.read({**settings, name: Fernet.generate_key().decode()}))
        code, said = run(other, "check")
        service.of(other).engine.dispose()
        assert (code, name in said) == (1, True)


def test_a_request_is_confirmed_and_the_phone_is_the_members(app: Flask, phone: Callable[[str], Phone]) -> None:
    stranger = phone(STRANGER)
    stranger.go("1", "1", "1", "15", "1")
    code, listed = run(app, "members", "pending")
    assert code == 0
    assert "member 15" in listed
    assert STRANGER not in listed
    request = listed.split("\t")[0]
    assert run(app, "members", "confirm", request)[0] == 0
    assert run(app, "members", "confirm", request)[0] == 1
    assert "Issouf" not in stranger.dial()
    assert "My dues" in stranger.dial()


def test_a_new_member_needs_a_number_and_a_name(app: Flask, phone: Callable[[str], Phone]) -> None:
    stranger = phone(STRANGER)
    stranger.go("1", "2", "1", "1")
    request = run(app, "members", "pending")[1].split("\t")[0]
    for wrong in ((), ("--number", "77"), ("--name", "Adama Sangaré")):
        assert run(app, "members", "confirm", request, *wrong)[0] == 1
    assert run(app, "members", "confirm", request, "--number", "77", "--name", "Adama Sangaré")[0] == 0
    assert stranger.dial().startswith("CON Coop Kogbera\n1 Mes cotisations")


def test_a_request_can_be_refused_once(app: Flask, phone: Callable[[str], Phone]) -> None:
    phone(STRANGER).go("1", "2", "1", "1")
    request = run(app, "members", "pending")[1].split("\t")[0]
    assert [run(app, "members", "refuse", request)[0] for _ in range(2)] == [0, 1]


def test_asking_twice_is_one_request(app: Flask, phone: Callable[[str], Phone]) -> None:
    for _ in range(2):
        phone(STRANGER).go("2", "1", "1") if _ else phone(STRANGER).go("1", "2", "1", "1")
    assert len(run(app, "members", "pending")[1].splitlines()) == 1


def test_the_office_lets_a_member_choose_a_new_code(app: Flask, phone: Callable[[str], Phone]) -> None:
    mine = phone("+22370000004")
    mine.go("1", "2741", "2741")
    assert "Code secret" in mine.go("1")
    assert run(app, "members", "new-code", "KOGB", "4")[0] == 2
    for by in ("4", "999"):
        assert run(app, "members", "new-code", "KOGB", "4", "--by", by)[0] == 1
    assert "Code secret" in mine.go("1")
    assert run(app, "members", "new-code", "KOGB", "4", "--by", "3")[0] == 0
    mine.send()
    assert any("membre 3 (bureau) a effacé le code secret du membre 4" in letter for letter in mine.received())
    assert "Choisissez" in mine.go("1")
    assert run(app, "members", "new-code", "KOGB", "999", "--by", "3")[0] == 1
    assert "nobody does this for themselves" in run(app, "members", "new-code", "KOGB", "3", "--by", "3")[1]


def test_calls_that_are_owed_are_listed_once_a_phone_and_done_once(app: Flask, phone: Callable[[str], Phone]) -> None:
    for _ in range(3):
        phone("+22370000004").go("3", "8")
    listed = run(app, "calls", "list")[1].splitlines()
    assert len(listed) == 1
    assert listed[0].split("\t")[1:4] == ["+22370000004", "fr", "meeting.home"]
    assert [run(app, "calls", "done", listed[0].split("\t")[0])[0] for _ in range(2)] == [0, 1]


def test_an_sms_without_a_known_word_waits_for_the_office_until_it_is_read(
    app: Flask, phone: Callable[[str], Phone]
) -> None:
    mine = phone("+22370000004")
    mine.write("COTI")
    mine.write("le pont est\ncoupé")
    listed = run(app, "inbox", "list")[1].splitlines()
    assert [line.split("\t")[1::2] for line in listed] == [["+22370000004", "le pont est coupé"]]
    assert [run(app, "inbox", "read", listed[0].split("\t")[0])[0] for _ in range(2)] == [0, 1]
    assert run(app, "inbox", "list") == (0, "")


def test_gsm7_prints_an_object_a_line_split_on_line_feeds_only(app: Flask) -> None:
    code, said = run(app, "gsm7", "--language", "fr", text="Ça va\u2028bien\n\n€5 ɲ")
    lines = [json.loads(line) for line in said.splitlines()]
    assert (code, len(lines)) == (0, 3)
    assert lines[0]["text"] == gsm.to_gsm7("Ça va\u2028bien", "fr").text
    assert (lines[1]["septets"], lines[1]["segments"]) == (0, 0)
    assert lines[2]["septets"] == gsm.septets("€5 ny")


def test_an_unknown_language_is_told(app: Flask) -> None:
    assert run(app, "gsm7", "--language", "xx")[0] == 2


def test_keywords_are_matched_line_by_line(app: Flask) -> None:
    said = run(app, "keywords", "match", text="COTISATION\nSolde svp\nbonjour\nKOTIZASYON\n")
    assert said == (0, "COTISATION\tdues\nSolde svp\tdues\nbonjour\t-\nKOTIZASYON\tdues\n")


def test_a_trial_import_keeps_nothing(app: Flask, tmp_path: object) -> None:
    file = f"{tmp_path}/dues.csv"
    with open(file, "w", encoding="utf-8") as sheet:  # noqa: PTH123 - the path is any
        sheet.write("cooperative,member,due_on,label,amount\nKOGB,4,2026-11-15,Pompe,500\n")
    before = run(app, "export", "dues")[1]
    assert "trial" in run(app, "import", "dues", file, "--dry-run")[1]
    assert run(app, "export", "dues")[1] == before
    assert run(app, "import", "dues", file)[0] == 0
    assert "Pompe,500" in run(app, "export", "dues")[1]


def test_a_wrong_file_is_told_row_by_row_and_exits_with_1(app: Flask, tmp_path: object) -> None:
    file = f"{tmp_path}/dues.csv"
    with open(file, "w", encoding="utf-8") as sheet:  # noqa: PTH123 - the path is any
        sheet.write("cooperative,member,due_on,label,amount\nKOGB,4,15/11/2026,Pompe,500\nKOGB,4,2026-11-15,Pompe,x\n")
    code, said = run(app, "import", "dues", file)
    assert code == 1
    assert [line.split(":")[:2] for line in said.splitlines()] == [["2", "due_on"], ["3", "amount"]]


def test_a_file_that_is_not_there_is_one_error_like_any_other(app: Flask, tmp_path: Path) -> None:
    for file in (tmp_path / "nothing.csv", tmp_path, tmp_path / "nothing.xlsx"):
        said = "1:fichier: le fichier ne s'ouvre pas; donnez un fichier CSV ou XLSX qui existe\n"
        assert run(app, "import", "dues", str(file)) == (1, said)


@pytest.mark.parametrize("command", [("sender", "--drain"), ("scheduler", "--once"), ("ledger", "check")])
def test_these_run_to_their_end(app: Flask, command: tuple[str, ...]) -> None:
    assert run(app, *command)[0] == 0


def test_the_end_of_the_input_hangs_up(app: Flask) -> None:
    code, said = run(app, "talk", "--phone", "+22370000004", text="3\n")
    assert (code, "Aborted" in said, "Formation" in said) == (0, False, True)


def test_who_is_no_member_is_sent_to_a_page_that_they_have(app: Flask, phone: Callable[[str], Phone]) -> None:
    stranger = phone(STRANGER)
    for words in ("COTI", "PART"):
        stranger.write(words)
        assert stranger.received() == ["Faites *384*77#, puis: Lier mon numéro."]
    assert "lier mon numéro" in stranger.go("1")


def test_talk_is_the_phone_in_a_terminal(app: Flask) -> None:
    code, said = run(app, "talk", "--phone", "+22370000004", text="3\n1\n\n")
    assert code == 0
    assert "Coop Kogbera" in said
    assert "Hangar de lavage" in said
    assert "Formation" in run(app, "talk", "--phone", "+22370000004", "--dial", "*384*77*3*1#", text="\n")[1]
