"""What may stand in a cell, and what may not: one table for each register."""

import pytest

from tests.ussd_app.registers.desk import HEADERS, Desk

GOOD = {
    "cooperatives": "NEW,Nom,scoops,,Kayes,ML,XOF,fr",
    "members": "KOG,77,Fanta,+22370000077,fr,member,F,2021-03-20",
    "dues": "KOG,4,2026-01-01,Janvier,1000",
    "payments": "KOG,4,2026-01-05,1000,cash,R1",
    "lots": "KOG,212,2026-07-21,28400,875,2000,4,1000,10",
    "meetings": "KOG,2026-12-12T09:00,Hangar,ordinary,Comptes",
}

AMOUNTS = ("", "0", "-5", "+5", "5.0", "5 000 F", "12.500", "1e3", "5 00", "5  000", "٣", "9" * 16, "9" * 5000)
DATES = ("", "01/12/2026", "2026-13-01", "2026-02-30", "20260101", "2026-W01-1", "0026-01-01", "2026-12-12T09:00")

WRONG = {
    ("cooperatives", 0): ("", "A;B", "x" * 61, "a\x07"),
    ("cooperatives", 1): ("", " ", "x" * 2001),
    ("cooperatives", 2): ("", "coop", "société"),
    ("cooperatives", 3): ("NOBODY",),
    ("cooperatives", 5): ("", "FR", "France"),
    ("cooperatives", 6): ("", "EUR", "F CFA"),
    ("cooperatives", 7): ("de", "français"),
    ("members", 0): ("", "XXX"),
    ("members", 1): ("",),
    ("members", 2): ("",),
    ("members", 3): ("12", "Fanta", "70000077 ou 66000077", "70000077/66000077", "+999 70 00 00 77", "70000077;12"),
    ("members", 4): ("de", "f"),
    ("members", 5): ("chef", "presidente"),
    ("members", 6): ("X", "femme"),
    ("members", 7): DATES[1:],
    ("dues", 0): ("", "kog", "XXX"),
    ("dues", 1): ("", "5", "012"),
    ("dues", 2): DATES,
    ("dues", 3): ("", "   "),
    ("dues", 4): AMOUNTS,
    ("payments", 1): ("", "77"),
    ("payments", 2): DATES,
    ("payments", 3): AMOUNTS,
    ("payments", 4): ("", "orange", "cheque", "dues"),
    ("payments", 5): ("", "x" * 61),
    ("lots", 1): ("",),
    ("lots", 2): DATES,
    ("lots", 3): AMOUNTS,
    ("lots", 4): ("0", "1001", "87.5", ""),
    ("lots", 5): AMOUNTS,
    ("lots", 6): ("", "99"),
    ("lots", 7): ("", "-1", "2001"),
    ("lots", 8): ("", "-1", "1001"),
    ("meetings", 1): (
        "", "2026-12-12", "2026-12-12T09:00Z", "2026-12-12T09:00+00:00", "12/12/2026 9h", "2026-12-12T25:00",
    ),
    ("meetings", 3): ("", "AG", "general"),
}  # fmt: skip
REFUSED = [(noun, place, cell) for (noun, place), cells in WRONG.items() for cell in cells]


def _with(noun: str, place: int, cell: str) -> str:
    cells = GOOD[noun].split(",")
    cells[place] = f'"{cell}"'
    return ",".join(cells)


@pytest.mark.parametrize("noun", GOOD)
def test_the_good_row_is_taken(desk: Desk, noun: str) -> None:
    assert desk.take(noun, GOOD[noun]).new == 1


@pytest.mark.parametrize(("noun", "place", "cell"), REFUSED, ids=[f"{noun}-{place}" for noun, place, _ in REFUSED])
def test_a_wrong_cell_is_refused_at_its_place(desk: Desk, noun: str, place: int, cell: str) -> None:
    assert desk.places(noun, _with(noun, place, cell)) == [f"2:{HEADERS[noun].split(',')[place]}"]


TAKEN = {
    ("cooperatives", 2): {"SCOOPS": "scoops", "COOP-CA": "coop_ca", "Coop CA": "coop_ca", "coopca": "coop_ca"},
    ("cooperatives", 3): {"KOG;BAN": "BAN;KOG", " KOG ; KOG": "KOG", "": ""},
    ("cooperatives", 4): {"": ""},
    ("cooperatives", 5): {
        "ci": "CI", "Côte d'Ivoire": "CI", "COTE D’IVOIRE": "CI", "Guinée": "GN", "SÉNÉGAL": "SN", "Burkina Faso": "BF",
        "Centrafrique": "CF", "mali": "ML",
    },
    ("cooperatives", 6): {"gnf": "GNF", "XAF": "XAF"},
    ("cooperatives", 7): {"": "fr", "FF_gn": "ff_GN", "ff": "ff"},
    ("members", 1): {"007": "007", "A-12": "A-12", "-3": "'-3"},
    ("members", 2): {" Awa  Koné ": "Awa  Koné", "Kone\u0301": "Koné", "Ko\u200bne\u2060\u0301": "Koné"},
    ("members", 3): {
        "70 00 00 77": "+22370000077", "0022370000077": "+22370000077", "(223) 70-00-00-77": "+22370000077",
        "tel:+22370000077": "+22370000077", "+225 07 01 02 03 04": "+2250701020304", "70.00.00.77": "+22370000077",
        "76000001; +223 70 00 00 77;70000077": "+22370000077;+22376000001", "": "",
        "70\u202f00\u00a000 77": "+22370000077", "\u202a+223 70 00 00 77\u202c": "+22370000077",
    },
    ("members", 4): {"": "fr", "BM": "bm"},
    ("members", 5): {"": "member", "Team Leader": "team_leader", "gender-president": "gender_president"},
    ("members", 6): {"": "", "f": "F"},
    ("members", 7): {"": "", "2024-02-29": "2024-02-29"},
    ("dues", 4): {"12500": "12500", "12 500": "12500", "1\u202f250\u00a0000": "1250000", " 5000 ": "5000"},
    ("payments", 4): {"Orange Money": "orange_money", "MTN": "mtn", "other": "other"},
    ("lots", 4): {"1": "1", "1000": "1000"},
    ("lots", 8): {"0": "0", "1000": "1000"},
    ("meetings", 1): {"2026-12-12 09:00": "2026-12-12T09:00", "2026-12-12T09:00:30": "2026-12-12T09:00:30"},
    ("meetings", 2): {"": ""},
    ("meetings", 4): {"": "", "Comptes ; Élection;": "Comptes;Élection", "Comptes\nÉlection": "Comptes;Élection"},
}  # fmt: skip
ACCEPTED = [(*where, cell, kept) for where, cells in TAKEN.items() for cell, kept in cells.items()]


@pytest.mark.parametrize(("noun", "place", "cell", "kept"), ACCEPTED)
def test_a_cell_is_kept_in_one_spelling(desk: Desk, noun: str, place: int, cell: str, kept: str) -> None:
    before = desk.export(noun)
    desk.take(noun, _with(noun, place, cell))
    [row] = set(desk.export(noun)) - set(before)
    assert row.split(",")[place] == kept


def test_a_local_phone_is_one_of_the_country_of_the_cooperative(desk: Desk) -> None:
    assert [row.split(",")[3] for row in desk.export("members")] == ["+23675000004", "+22370000004", "+22370000012"]


def test_an_empty_language_is_that_of_the_cooperative(desk: Desk) -> None:
    assert desk.export("members")[0] == "BAN,4,Marie Ngbando,+23675000004,sg,treasurer,F,"


def test_what_is_personal_is_never_repeated(desk: Desk) -> None:
    shifted = "KOG,Fanta Koné,70000077,98765,Fanta,70000077,Fanta Koné de Kayes à Kogbera,70000077"
    said = " ".join(desk.errors("members", shifted) + desk.errors("payments", "KOG,98765,Koné,-70000077,70000077,R"))
    assert not any(secret in said for secret in ("70000077", "98765", "Koné"))


def test_a_word_that_is_no_choice_is_repeated(desk: Desk) -> None:
    [error] = desk.errors("members", "KOG,7,Fanta,,,chef,,")
    assert error.startswith("2:role: « chef » n'est pas un rôle connu; écrivez member, team_leader, president")


UNSEEN = ("\u200b", "\u00ad", "\u200d", "\u2060", "\u202e", "\ufeff", "\ufe0f", "\u3164", "\U000e0020")
SPACES = ("\u00a0", "\u202f", "\u2003", "\u3000", "\u2028", "  ")
KEYS = [
    ("dues", "KOG,4,2026-01-01,Cotisation de janvier,1000", "Cotisation"),
    ("payments", "KOG,4,2026-01-05,1000,cash,R0 001", "R0"),
    ("lots", "KOG,Lot 212,2026-07-21,28400,875,2000,4,1000,10", "Lot"),
    ("members", "KOG,A 77,Fanta,,,,,", "A"),
    ("cooperatives", "U 1,Union,union,,,ML,XOF,fr", "U"),
]


@pytest.mark.parametrize(("noun", "row", "word"), KEYS, ids=[noun for noun, *_ in KEYS])
def test_a_key_is_the_same_whatever_cannot_be_seen_in_it(desk: Desk, noun: str, row: str, word: str) -> None:
    assert desk.take(noun, row).new == 1
    spelt = [row.replace(f"{word} ", f"{word[0]}{sign}{word[1:]}{sign} ", 1) for sign in UNSEEN]
    spelt += [row.replace(f"{word} ", f"{word}{sign}", 1) for sign in SPACES]
    for each in spelt:
        assert each != row
        before = desk.contents()
        assert desk.take(noun, each).unchanged == 1, each
        assert desk.contents() == before
