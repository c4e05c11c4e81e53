"""Cooperatives, members and meetings: what a second file changes, and what it cannot."""

from sqlalchemy import select, update

from models.cooperatives import Cooperative
from models.meetings import Meeting
from models.members import Member, choose_language
from tests.ussd_app.registers.conftest import COOPERATIVES, MEMBERS
from tests.ussd_app.registers.desk import Desk
from ussd_app.db import reading, transaction
from ussd_app.registers import Outcome


def test_the_same_files_again_change_nothing(either: Desk) -> None:
    either.take("meetings", "KOG,2026-12-12T09:00,Hangar,ordinary,a;b")
    before = either.contents()
    assert either.take("cooperatives", *COOPERATIVES) == Outcome(2, 0, 0, 2)
    assert either.take("members", *MEMBERS) == Outcome(3, 0, 0, 3)
    assert either.take("meetings", "KOG,2026-12-12T09:00,Hangar,ordinary,a;b") == Outcome(1, 0, 0, 1)
    assert either.contents() == before


def test_a_changed_member_keeps_the_id_and_what_the_file_does_not_say(either: Desk) -> None:
    chosen = update(Member).where(Member.number == "4").values(amounts_by_sms=True)
    with transaction(either.engine) as db:
        db.execute(chosen)
    before = either.contents()["members"]
    assert either.take("members", "KOG,4,Awa Koné,70000005;70000004,en,member,,2022-01-01") == Outcome(1, 0, 1, 0)
    assert either.export("members")[1] == "KOG,4,Awa Koné,+22370000004;+22370000005,en,member,,2022-01-01"
    assert {(row.id, row.amounts_by_sms) for row in either.contents()["members"]} == {
        (row.id, row.amounts_by_sms) for row in before
    }


def test_phones_that_are_no_longer_in_the_row_are_removed(desk: Desk) -> None:
    desk.take("members", "KOG,4,Awa Traoré,70000005,bm,president,F,2021-03-20")
    phones = {row.number for row in desk.contents()["phones"]}
    assert phones == {"+22370000005", "+22370000012", "+23675000004"}


def test_an_empty_phone_or_role_leaves_what_the_register_has(either: Desk) -> None:
    before = either.export("members")
    assert either.take("members", "KOG,4,Awa Traoré,,,,F,2021-03-20") == Outcome(1, 0, 0, 1)
    assert either.take("members", "BAN,4,Marie Ngbando Koyt,,,,F,") == Outcome(1, 0, 1, 0)
    kept = [row.replace("Marie Ngbando", "Marie Ngbando Koyt") for row in before]
    assert either.export("members") == kept
    assert either.take("members", "KOG,4,Awa Traoré,,,member,F,2021-03-20") == Outcome(1, 0, 1, 0)
    assert either.export("members")[1] == "KOG,4,Awa Traoré,+22370000004,bm,member,F,2021-03-20"


def test_phones_in_another_order_are_the_same_phones(desk: Desk) -> None:
    numbers = [f"7000002{place}" for place in range(9)]
    desk.take("members", f"KOG,20,Fanta,{';'.join(numbers)},,,,")
    assert desk.take("members", f"KOG,20,Fanta,{';'.join(reversed(numbers))},,,,").unchanged == 1


def test_members_may_share_a_phone(desk: Desk) -> None:
    assert desk.take("members", "KOG,13,Fanta,70000004,,,,").new == 1


def test_an_empty_language_leaves_what_the_member_chose(desk: Desk) -> None:
    with transaction(desk.engine) as db:
        choose_language(db, db.execute(select(Member.id).where(Member.number == "12")).scalar_one(), "wo")
    assert desk.take("members", *MEMBERS) == Outcome(3, 0, 0, 3)
    assert desk.export("members")[2].split(",")[4] == "wo"


def test_the_same_row_twice_in_a_file_is_taken_once(empty: Desk) -> None:
    assert empty.take("cooperatives", COOPERATIVES[0], COOPERATIVES[0]) == Outcome(2, 1, 0, 1)


def test_rows_of_one_key_that_contradict_each_other_are_an_error(desk: Desk) -> None:
    rows = ("KOG,20,Fanta,,,,,", "KOG,21,Awa,,,,,", "KOG,20,Fatou,,,,,")
    assert desk.places("members", *rows) == ["4:name"]


def test_rows_that_contradict_each_other_far_apart_are_an_error(desk: Desk) -> None:
    many = [f"KOG,N{place},Fanta,,,,," for place in range(5000)]
    assert desk.places("members", "KOG,20,Fanta,,,,,", *many, "KOG,20,Fatou,,,,,") == ["5003:name"]


def test_a_parent_may_stand_later_in_the_file(empty: Desk) -> None:
    empty.take("cooperatives", "A,Base,scoops,U;V,,ML,XOF,", "U,Union,union,F,,ML,XOF,", "V,V,union,,,ML,XOF,",
               "F,F,federation,,,ML,XOF,")  # fmt: skip
    assert [row.split(",")[3] for row in empty.export("cooperatives")] == ["U;V", "", "F", ""]


def test_parents_that_are_no_longer_in_the_row_are_removed(desk: Desk) -> None:
    desk.take("cooperatives", "KOG,Kogbera,scoops,BAN,Kayes,ML,XOF,fr")
    assert desk.take("cooperatives", COOPERATIVES[0]) == Outcome(1, 0, 1, 0)
    assert desk.sizes()["affiliations"] == 0


def test_a_cycle_of_parents_is_an_error_on_each_of_its_rows(empty: Desk) -> None:
    cycle = ("A,a,union,B,,ML,XOF,", "B,b,union,C,,ML,XOF,", "C,c,union,A,,ML,XOF,", "D,d,union,A,,ML,XOF,")
    assert empty.places("cooperatives", *cycle) == ["2:parent", "3:parent", "4:parent"]
    assert empty.places("cooperatives", "A,a,union,A,,ML,XOF,") == ["2:parent"]


def test_a_cycle_through_the_books_is_an_error(desk: Desk) -> None:
    desk.take("cooperatives", "KOG,Kogbera,scoops,BAN,Kayes,ML,XOF,fr")
    assert desk.places("cooperatives", "BAN,Bangui,coop_ca,KOG,,CF,XAF,sg") == ["2:parent"]


def test_the_child_of_a_row_with_an_error_has_none_itself(empty: Desk) -> None:
    assert empty.places("cooperatives", "A,a,what,,,ML,XOF,", "B,b,union,A,,ML,XOF,") == ["2:kind"]


def test_a_cooperative_has_the_time_of_its_country(desk: Desk) -> None:
    with reading(desk.engine) as db:
        zones = db.execute(select(Cooperative.code, Cooperative.time_zone).order_by(Cooperative.code)).all()
    assert [tuple(zone) for zone in zones] == [("BAN", "Africa/Bangui"), ("KOG", "Africa/Bamako")]


def test_the_currency_changes_only_while_there_is_no_money(desk: Desk) -> None:
    desk.take("cooperatives", "KOG,Kogbera,scoops,,Kayes,ML,GNF,fr")
    desk.take("dues", "KOG,4,2026-01-01,Janvier,1000")
    assert desk.places("cooperatives", COOPERATIVES[0]) == ["2:currency"]


def test_a_meeting_starts_at_the_time_of_the_cooperative(desk: Desk) -> None:
    desk.take("meetings", "BAN,2026-12-12T09:00,Hangar,ordinary,Comptes;Élection")
    [meeting] = desk.contents()["meetings"]
    assert meeting.starts_at.isoformat() == "2026-12-12T08:00:00+00:00"
    assert meeting.agenda == "Comptes\nÉlection"


def test_a_meeting_moves_to_another_place_and_keeps_its_id(either: Desk) -> None:
    either.take("meetings", "KOG,2026-12-12T09:00,Hangar,ordinary,a", "KOG,2026-12-12T09:00,Puits,training,a")
    assert either.take("meetings", "KOG,2026-12-12T09:00,École,ordinary,b") == Outcome(1, 0, 1, 0)
    with reading(either.engine) as db:
        assert [*db.execute(select(Meeting.place).order_by(Meeting.id)).scalars()] == ["École", "Puits"]


def test_rows_that_contradict_each_other_are_named_where_they_do(desk: Desk) -> None:
    at = "KOG,2026-12-12T09:00"
    assert desk.places("meetings", f"{at},Hangar,ordinary,", f"{at},Cour,ordinary,") == ["3:place"]
    assert desk.places("meetings", f"{at},Hangar,ordinary,A", f"{at},Hangar,ordinary,B") == ["3:agenda"]
