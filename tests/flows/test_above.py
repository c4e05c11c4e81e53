"""Somebody of the union or higher is in cause: they never read what is said of them, however it comes to be known."""

import re

from flask import Flask
from sqlalchemy import Connection, select, update

from models.cooperatives import Cooperative
from models.grievances import Concerned, Unknown, sight
from models.hands import Hand
from models.members import Member, Role
from tests.bureau import ABDRAMANE, at_case, done, employ, file, unseat
from tests.conftest import NOW, SECRET
from tests.models.grievances.land import DAY, tick
from tests.office import hand
from tests.phone import Phone

KINDS = ["sqlite", "postgresql"]
SALIMATA = "+22370000016"
COOP, UNION, FEDERATION = "KOGB 14", "UNIO 12", "FEDE 11"  # somebody of the committee of each
ACCUSED = "UNIO 11"


def sees(app: Flask, reference: str, *people: str) -> list[bool]:
    """For which members a case is there."""

    def there(db: Connection, who: Hand) -> bool:
        try:
            return sight.find(db, who, reference) > 0
        except Unknown:
            return False

    named = [each.split() for each in people]
    found: list[bool] = done(app, lambda db: [there(db, hand(db, number, body)) for body, number in named])
    return found


def test_a_desk_names_somebody_of_the_union_before_the_case_goes_there(app: Flask) -> None:
    filed = file(app)
    member = at_case(app, ABDRAMANE, filed)
    page = member.press("13")
    assert [each in page for each in ("Kogbera", "Union Sanbéra", "Fédération Sanoudougou")] == [True] * 3
    assert "Seydou Tangara (11)" in member.press("2", "11")
    member.press("1")
    assert sees(app, filed.reference, COOP, UNION) == [True, False]
    at_case(app, ABDRAMANE, filed).press("6", "Il est de chez eux", "1")
    assert sees(app, filed.reference, COOP, ACCUSED, UNION) == [False, False, True]


def filed_by_phone(app: Flask, who: str) -> str:
    """A complaint told on the phone about land, with the answer to who is in cause; the page that shows its number."""
    phone = Phone(app, SALIMATA, SECRET)
    phone.go("4", "2", who, "1")
    return phone.press("Il a pris mon puits")


def test_about_the_union_it_goes_above_the_union(app: Flask) -> None:
    page = filed_by_phone(app, "6")
    assert "Traité par: Fédération Sanoudougou" in page
    reference = re.findall(r"Dossier (\d{6})", page)[0]
    assert sees(app, reference, COOP, ACCUSED, UNION, FEDERATION) == [False, False, False, True]


def test_about_who_is_higher_it_stays_below_where_nobody_is_above_them(app: Flask) -> None:
    page = filed_by_phone(app, "7")
    assert "Traité par: Kogbera" in page
    reference = re.findall(r"Dossier (\d{6})", page)[0]
    assert sees(app, reference, COOP, FEDERATION) == [True, False]


def test_who_comes_to_a_desk_of_that_level_later_never_has_it(app: Flask) -> None:
    """It was not said who of them is in cause, so no desk there handles it, whoever sits at it by then."""
    higher, other = file(app, concerned=Concerned.HIGHER), file(app)
    leave(app, "FEDE")
    employ(app, "FEDE", *((f"+2237000009{number}", Role.COMMITTEE) for number in range(3)))
    unseat(app, "KOGB", "UNIO")
    done(app, lambda db: [tick(db, NOW + days * DAY) for days in range(1, 100, 5)])
    assert sees(app, other.reference, "FEDE 90", "FEDE 91") == [True, True]
    assert sees(app, higher.reference, "FEDE 90", "FEDE 91") == [False] * 2


def leave(app: Flask, code: str) -> None:
    """Everybody of a body leaves it."""
    there = select(Cooperative.id).where(Cooperative.code == code).scalar_subquery()
    gone = update(Member).where(Member.cooperative_id == there)
    done(app, lambda db: db.execute(gone.values(left_on=NOW.date())))


def test_who_is_in_cause_above_is_not_told_either_that_it_is_late_below(app: Flask) -> None:
    """Where nobody is above the union, its people watch over what is late below, but not over this."""
    leave(app, "FEDE")

    def told() -> int:
        return len(done(app, lambda db: sight.late(db, hand(db, "12", "UNIO"), NOW + 40 * DAY)))

    before = told()
    filed = file(app, concerned=Concerned.UNION)
    assert (filed.handled_by, told()) == ("Kogbera", before)
    file(app)
    assert told() == before + 1


def test_what_is_in_cause_above_is_only_asked_where_there_is_something_above(app: Flask) -> None:
    """The federation's own members see nobody above them to name."""
    page = Phone(app, "+22370000050", SECRET).go("4", "2")
    assert "De l'union" not in page
    assert "De plus haut" not in page
