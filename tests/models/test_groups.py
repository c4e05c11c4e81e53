"""Where members work and with whom: said by who keeps the register, and what notices can go to."""

from pathlib import Path

import pytest
from flask import Flask

from models import broadcasts, groups
from models.audiences import Audience
from models.drafts import Draft
from models.groups import Group
from models.hands import NotAllowed
from models.messages import Urgency
from tests.conftest import NOW
from tests.office import hand, opened
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import reading, transaction
from ussd_app.registers import homes

KINDS = ["sqlite", "postgresql"]


def reaches(app: Flask, **narrowed: tuple[str, ...]) -> set[str]:
    """The last two figures of the phones of an audience."""
    with reading(service.of(app).engine) as db:
        home = homes.one(db, "KOGB")
        assert home is not None
        audience = Audience.from_facts(Audience(home.id, **narrowed).as_facts())  # type: ignore[arg-type]
        draft = Draft(home.id, audience, "words", {"text": "x"}, Urgency.NOTICE, NOW)
        return {phone[-2:] for chunk in broadcasts.reached(db, draft) for phone, *_ in chunk}


def place(app: Flask, *numbers: str, **where: str) -> None:
    with transaction(service.of(app).engine) as db:
        for group, name in where.items():
            assert groups.put(db, hand(db, "3"), numbers, Group(group), name) == len(numbers)


def test_an_audience_is_a_site_or_a_team_or_both(app: Flask) -> None:
    before = reaches(app)
    place(app, "4", "5", "6", site="Rive sud", team="Puits A")
    place(app, "7", "8", site="rive  SUD", team="Puits B")
    assert reaches(app, sites=("Rive sud",)) == {"04", "05", "06", "07", "08"}
    assert reaches(app, sites=("Rive sud",), teams=("Puits B",)) == {"07", "08"}
    assert reaches(app, sites=("Elsewhere",)) == set()
    place(app, "7", site="", team="")
    assert reaches(app, sites=("Rive sud",)) == {"04", "05", "06", "08"}
    assert reaches(app) == before


def test_who_does_not_keep_the_register_places_nobody(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        for number in ("4", "5", "2"):
            with pytest.raises(NotAllowed):
                groups.put(db, hand(db, number), ["7"], Group.SITE, "X")
        assert groups.put(db, hand(db, "1", "SANO", "+22370000031"), ["999"], Group.SITE, "X") == 0


def test_the_commands_place_list_and_write_to_a_group(app: Flask) -> None:
    placed = run(app, "members", "place", "KOGB", "4", "12", "--site", "Rive sud", "--team", "Puits A", "--by", "3")
    assert placed == (0, "2 members\n")
    listed = run(app, "members", "places", "KOGB")[1].splitlines()
    assert [line for line in listed if "Rive sud" in line] == ["4\tRive sud\tPuits A", "12\tRive sud\tPuits A"]
    assert "7\t-\t-" in listed
    words = ("--cooperative", "KOGB", "--text", "Réunion à 9h.")
    assert run(app, "broadcast", "preview", *words, "--team", "Puits A")[1].endswith("2 phones, 2 SMS\n")
    code, said = run(app, "broadcast", "send", *words, "--site", "Nulle part")
    assert (code, said) == (1, "no site 'Nulle part'; there is Rive sud\n")
    assert run(app, "members", "place", "KOGB", "4", "--site", "A", "--by", "4")[0] == 1  # no registrar
    assert run(app, "members", "place", "KOGB", "4", "--by", "3")[0] == 1  # neither site nor team
    code, said = run(app, "members", "place", "KOGB", "4", "999", "--site", "A", "--by", "3")
    assert (code, "no member 999" in said) == (1, True)


def test_a_register_that_is_read_in_again_leaves_the_groups(app: Flask, tmp_path: Path) -> None:
    place(app, "4", site="Rive sud")
    exported = run(app, "export", "members")[1]
    assert "Rive sud" not in exported
    assert exported.splitlines()[0] == "cooperative,number,name,phone,language,role,sex,joined_on"
    file = tmp_path / "members.csv"
    file.write_text(exported.replace("Bakary", "Bakari"), encoding="utf-8")
    assert run(app, "import", "members", str(file))[0] == 0
    assert reaches(app, sites=("Rive sud",)) == {"04"}


def test_a_team_leader_sees_the_arrears_of_the_team_the_secretary_named(app: Flask) -> None:
    place(app, "4", "1", team="Puits A")  # the president is late, and never worked for this leader
    leader = opened(app, "+22370000004")
    page = leader.press("7", "1") + leader.press("9")
    assert "L.N." in page
    assert "12 A.T." in page
