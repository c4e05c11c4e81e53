"""What bars from both keys, what a list of proposals shows, and that a key is turned by who read to the end."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from flows import approval, calculation, payout
from flows.engine import Menu, Place, to
from models import (
    agreements,
    capital,
    corrections,
    lots,
    members,
    payouts,
    plan_terms,
    plans,
    proposals,
    publishing,
    roles,
)
from models.agreements import NewRule
from models.capital import Subscribing
from models.entries import Account, Entry, EntryKind, Posting
from models.hands import Bar, NotAllowed
from models.lots import NewLot
from models.members import Member, Role
from models.plan_terms import PlanKind
from models.refused import Fault
from models.rules import Basis
from models.sharing import By, Part, Pool, Split
from tests.conftest import NOW, SECRET, STORIES
from tests.flows.test_lots import labels, talk, text, visit
from tests.office import BOARD, TREASURER, asked, become, hand, opened
from tests.phone import Phone
from tests.pit import DAY, Pit, written
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import transaction

KINDS = STORIES

ALL_TO_ONE = (Split("Tout", (Part("member:5", 10**9), Part("rest", 1))), Pool("Équipe", By.DAYS, "rest"))
OWN = pytest.raises(NotAllowed, match=r"^own_benefit")


def crooked(pit: Pit) -> int:
    """A lot under a rule that gives all to the treasurer, and nothing to Awa who worked."""
    pit.rule("tout", ALL_TO_ONE)
    lot_id = pit.deliver("300", "tout")
    pit.sell(lot_id)
    pit.work(lot_id, {"12": 3})
    return lot_id


def proposed(pit: Pit, proposal_id: int, by: str = "5") -> Bar | None:
    found = proposals.proposal(pit.db, proposal_id)
    assert found is not None
    return proposals.bar(pit.db, pit.hand(by, phone=f"+2237000000{by}"), found, pit.now)


def test_whom_a_rule_names_turns_neither_key_for_it(pit: Pit) -> None:
    with OWN:
        pit.db.begin_nested()
        pit.approve(_rule(pit), by="5")
    several = Split("Tout", (Part("member:5", 999), Part("member:12", 1), Part("rest", 1)))
    with pytest.raises(NotAllowed, match=r"^interested"):
        pit.approve(_rule(pit, several), by="5")
    with pytest.raises(NotAllowed, match=r"^interested"):
        _rule(pit, several, by="5")
    pit.approve(_rule(pit, several), by="1")


def _rule(pit: Pit, first: Split = ALL_TO_ONE[0], by: str = "3") -> int:
    document = {"unit": "money", "steps": written((first, ALL_TO_ONE[1]))}
    return agreements.propose(pit.db, pit.hand(by), NewRule("tout", document, Basis.MOU, "papier", DAY, DAY), pit.now)


def test_a_lot_that_pays_one_member_alone_is_not_theirs_to_publish(pit: Pit) -> None:
    lot_id = crooked(pit)
    with OWN:
        publishing.propose(pit.db, pit.hand("5"), lot_id, pit.now)
    number = publishing.propose(pit.db, pit.hand(), lot_id, pit.now)
    assert proposed(pit, number) is Bar.OWN_BENEFIT
    page = visit(talk(pit, "+22370000001", "1"), to(approval.show, number))
    assert "Par membre:\n5: 2 941 200 F\n12: 0 F" in text(page).replace("\xa0", " ")
    assert isinstance(page, Menu)
    assert page.read_first
    pit.approve(number)
    share = payouts.share(pit.db, pit.member("12"), lot_id)
    assert share is not None
    assert (share.share, share.recovered, share.gross) == (0, 0, 2_941_200)
    awa = talk(pit, "+22370000012", "12")
    assert "Lot 300 du 16/11/2026" in labels(visit(awa, to(payout.lots)))
    mine = visit(awa, to(payout.lot, lot_id))
    assert "Votre part: 0 F" in text(mine)
    assert {"Calcul", "Pas juste"} <= set(labels(mine))
    assert "Vous: 3 jours sur 3\nVotre part: 0 F" in text(visit(awa, to(calculation.page, lot_id, 3)))
    assert payouts.share(pit.db, pit.member("7"), lot_id) is None


def test_a_subscription_and_a_plan_of_one_member_are_not_theirs(pit: Pit) -> None:
    plan = next(each for each in plans.of(pit.db, pit.hand().cooperative_id) if each.kind is PlanKind.CAPITAL)
    wish = Subscribing(plan.plan_id, pit.member("5"), 2, DAY, "bulletin 55")
    with OWN:
        capital.propose(pit.db, pit.hand("5"), wish, NOW.date(), pit.now)
    number = capital.propose(pit.db, pit.hand(), wish, NOW.date(), pit.now)
    assert proposed(pit, number) is Bar.OWN_BENEFIT
    base = {"kind": "periodic", "label": "Loyer", "amount": 900, "first_on": "2027-01-01", "period": "month"}
    base |= {"basis": "bylaw", "reference": "art. 3"}
    for people in ({"concerns": "members", "members": ["5"]}, {"concerns": "role", "concerned": "treasurer"}):
        terms = plan_terms.read(base | people | {"label": people["concerns"]})
        number = plans.propose(pit.db, pit.hand(), terms, NOW.date(), pit.now)
        assert proposed(pit, number) is Bar.OWN_BENEFIT
        assert proposed(pit, number, "1") is None
        pit.approve(number)
        later = plan_terms.read(base | {"amount": 1, "first_on": "2027-02-01", "replaces": _last(pit)})
        assert proposed(pit, plans.propose(pit.db, pit.hand(), later, NOW.date(), pit.now)) is Bar.OWN_BENEFIT
    whole = plan_terms.read(base | {"label": "Pour tous"})
    assert proposed(pit, plans.propose(pit.db, pit.hand(), whole, NOW.date(), pit.now)) is None


def _last(pit: Pit) -> int:
    return plans.of(pit.db, pit.hand().cooperative_id)[-1].plan_id


def dues_of(pit: Pit, count: int) -> list[tuple[int, str]]:
    found = select(Entry.id, Member.number).join(Member, Member.id == Entry.member_id)
    found = found.where(Entry.kind == EntryKind.PAYMENT, Entry.cooperative_id == pit.hand().cooperative_id)
    return [(row.id, row.number) for row in pit.db.execute(found.order_by(Entry.id).limit(count))]


def test_whatever_waits_is_reached_and_told_apart(pit: Pit) -> None:
    own = [corrections.propose_reversal(pit.db, pit.hand("1"), each, "Erreur", pit.now) for each, _ in dues_of(pit, 7)]
    theirs = dues_of(pit, 27)[7:]
    made = [corrections.propose_reversal(pit.db, pit.hand("3"), each, "Erreur", pit.now) for each, _ in theirs]
    president = talk(pit, "+22370000001", "1")
    reached: list[int] = []
    place: Place | None = to(approval.home)
    while place is not None:
        page = visit(president, place)
        assert isinstance(page, Menu)
        assert len(page.options) <= 7
        reached += [each.place.given["proposal_id"] for each in page.options if each.place.name == "approval.show"]
        place = next((each.place for each in page.options if each.place.name == "approval.home"), None)
    assert reached == made
    first = labels(visit(president, to(approval.home)))[0]
    assert first.startswith(f"Annuler une écriture: Paiement, membre {theirs[0][1]}, ")
    sent = visit(president, to(approval.sent))
    assert isinstance(sent, Menu)
    more = visit(president, sent.options[-1].place)
    assert isinstance(more, Menu)
    listed = [each.place.given.get("proposal_id") for each in (*sent.options[:-1], *more.options)]
    assert listed[: len(own)] == own[::-1]


def test_a_lot_that_is_undone_is_shown_with_its_gross(pit: Pit) -> None:
    entry = select(Entry.id).where(Entry.kind == EntryKind.LOT, Entry.label == "214")
    entry_id = pit.db.execute(entry).scalar_one()
    kept = select(func.sum(Posting.amount)).where(Posting.entry_id == entry_id, Posting.account == Account.ADVANCES)
    assert pit.db.execute(kept).scalar_one() < 0
    number = corrections.propose_reversal(pit.db, pit.hand(), entry_id, "Erreur", pit.now)
    president = talk(pit, "+22370000001", "1")
    assert "Lot partagé: 214, 2 941 200 F du 18/11/2026" in text(visit(president, to(approval.show, number)))
    assert "Lot partagé, 214, 2 941 200 F" in labels(visit(president, to(approval.home)))[0]


def test_the_true_reason_is_said(pit: Pit) -> None:
    lot_id = crooked(pit)
    number = publishing.propose(pit.db, pit.hand(), lot_id, pit.now)
    pit.work(lot_id, {"7": 2}, yes=False)
    president = talk(pit, "+22370000001", "1")
    led = visit(president, to(approval.approve, number))
    assert isinstance(led, Place)
    assert led.given["fault"] == Fault.UNCONFIRMED_WORK
    assert "n'ont pas confirmé leur travail: 7\nRien n'est fait" in text(visit(president, led))
    entry_id = dues_of(pit, 1)[0][0]
    first, second = (
        corrections.propose_reversal(pit.db, pit.hand(), entry_id, reason, pit.now) for reason in ("Un", "Deux")
    )
    pit.approve(first)
    led = visit(president, to(approval.approve, second))
    assert isinstance(led, Place)
    assert "L'écriture est déjà annulée" in text(visit(president, led))


def test_who_financed_reads_why_and_refuses_nothing(pit: Pit) -> None:
    lot_id = lots.deliver(pit.db, pit.hand(), NewLot("300", 34_200, 21_500, DAY, "or", pit.member("1")), pit.now)
    pit.sell(lot_id)
    pit.work(lot_id, {"7": 12, "12": 11})
    number = publishing.propose(pit.db, pit.hand(), lot_id, pit.now)
    president = talk(pit, "+22370000001", "1")
    page = visit(president, to(approval.show, number))
    assert "Vous y êtes intéressé" in text(page)
    assert labels(page) == ["À décider"]
    for act in (approval.approve, approval.refuse):
        led = visit(president, to(act, number))
        assert led == to(approval.barred, Bar.INTERESTED)
    found = proposals.proposal(pit.db, number)
    assert found is not None
    assert found.state is proposals.State.WAITING


def test_a_role_is_changed_by_two_keys_and_told(app: Flask) -> None:
    for words in (("999", "member"), ("16", "member")):
        assert run(app, "members", "change-role", "KOGB", *words, "--by", "3")[0] == 1
    assert run(app, "members", "change-role", "KOGB", "16", "treasurer", "--by", "4")[0] == 1
    assert run(app, "members", "change-role", "KOGB", "5", "member", "--by", "3")[0] == 0
    code, said = run(app, "members", "leave", "KOGB", "5", "2026-11-22", "--by", "3")
    assert (code, "change-role" in said) == (1, True)
    board = opened(app, BOARD)
    assert "Changer une fonction: membre 5, membre sans fonction" in board.press("4")
    assert "Désormais: membre sans fonction" in board.press("1")
    assert "accepté et fait" in board.press("1")
    board.send()
    assert any("la fonction du membre 5 est maintenant" in each for each in _letters(app))
    assert run(app, "members", "leave", "KOGB", "5", "2026-11-22", "--by", "3")[0] == 0
    board.send()
    assert any("a noté que le membre 5 part le 22/11/2026" in each for each in _letters(app))


def _letters(app: Flask) -> list[str]:
    return Phone(app, TREASURER, SECRET).received()


def test_who_is_given_an_office_turns_no_key_for_it(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        treasurer = hand(db, "5").member_id
        with OWN:
            roles.propose(db, hand(db, "5"), treasurer, Role.PRESIDENT, NOW)
        number = roles.propose(db, hand(db, "3"), treasurer, Role.PRESIDENT, NOW)
        with OWN:
            proposals.decide(db, hand(db, "5", session="t"), number, True, NOW)


def test_no_file_changes_the_phone_or_role_of_who_chose_a_code(app: Flask, tmp_path: Path) -> None:
    opened(app, "+22370000001")
    book = tmp_path / "members.csv"
    assert run(app, "export", "members", str(book))[0] == 0
    assert run(app, "import", "members", str(book))[0] == 0
    header, *rows = book.read_text().splitlines()
    president, plain = (next(row for row in rows if row.startswith(f"KOGB,{number},")) for number in ("1", "16"))
    before = asked(app, lambda db: members.phones(db, hand(db, "1").member_id))
    for old, new, column in (("+22370000001", "+22370000099", "phone"), (",president,", ",member,", "role")):
        assert old in president
        book.write_text("\n".join([header, president.replace(old, new), plain.replace(",member,", ",treasurer,")]))
        code, said = run(app, "import", "members", str(book))
        assert code == 1
        assert f"2:{column}: ce membre a choisi son code secret; " in said
        assert f"change-{column}" in said
    assert asked(app, lambda db: members.phones(db, hand(db, "1").member_id)) == before
    assert asked(app, lambda db: hand(db, "16").role) is Role.MEMBER
    book.write_text("\n".join([header, plain.replace(",member,", ",committee,")]))
    assert run(app, "import", "members", str(book))[0] == 0
    assert asked(app, lambda db: hand(db, "16").role) is Role.COMMITTEE


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.GENDER_PRESIDENT])
def test_nobody_ends_a_desk_alone_by_saying_that_its_member_leaves(app: Flask, role: Role) -> None:
    become(app, "5", role)
    code, said = run(app, "members", "leave", "KOGB", "5", "2026-11-22", "--by", "1")
    assert (code, "two officers end it first" in said) == (1, True)
    gone = select(Member.left_on).where(Member.number == "5", Member.left_on.is_not(None))
    assert asked(app, lambda db: db.execute(gone).all()) == []
