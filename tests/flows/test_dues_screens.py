"""What the dues screens ask of the database: a few statements, over the member's own entries alone."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask

from flows import dues as screens
from flows import plan_words
from flows.code import mark_of
from flows.engine import Menu
from flows.engine.memory import Known
from flows.talk import Talk, begin
from models import capital, corrections, dues, members, plan_terms, plans, proposals
from models.capital import Subscribing
from models.entries import EntryKind
from models.proposals import Proposed
from tests.conftest import NOW
from tests.office import hand
from tests.statements import statements
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]


@pytest.fixture
def talk(app: Flask) -> Iterator[Talk]:
    """Bakary, who subscribed shares and paid ahead."""
    with transaction(service.of(app).engine) as db:
        talk = begin(db, NOW, "+22370000004", "test", "*384*77#", Known())
        talk.known.opened.add(mark_of(talk.member.member_id))
        yield talk


def first(talk: Talk, kind: EntryKind) -> int:
    lines = dues.lines(talk.db, talk.member.member_id, 1, kind=kind)
    return lines[0].entry_id


@pytest.mark.parametrize(
    ("visit", "most"),
    [
        (screens.home, 1),
        (screens.payments, 1),
        (screens.detail, 1),
        (screens.shares, 3),
        (screens.instalments, 1),
        (lambda talk: screens.entry(talk, first(talk, EntryKind.PAYMENT)), 2),
        (lambda talk: screens.entry(talk, first(talk, EntryKind.DUE)), 3),
    ],
)
def test_a_screen_takes_few_statements(talk: Talk, visit: Callable[[Talk], Menu], most: int) -> None:
    with statements(talk.db) as asked:
        assert visit(talk).text
    assert 1 <= len(asked) <= most


def test_the_entry_of_somebody_else_is_not_shown(talk: Talk) -> None:
    other = dues.lines(talk.db, talk.member.member_id + 1, 1)[0].entry_id
    assert screens.entry(talk, other).text == "Rien n'est noté."


PLAN = {
    "kind": "periodic",
    "label": "Cotisation",
    "amount": 1500,
    "first_on": "2027-02-01",
    "period": "month",
    "concerns": "sex",
    "concerned": "F",
    "penalty_ppm": 25_000,
    "penalty_after": 30,
    "replaces": 1,
    "basis": "resolution",
    "reference": "résolution 7",
    "decided_on": "2026-11-15",
}
SAID = """Cotisation: 1 500 F par mois
Dès le 01/02/2027
Pour les femmes
Après 30 j de retard: 2,5 % du reste
Remplace: Cotisation, 1 000 F
Décidé: AG du 15/11/2026, résolution 7"""


def proposed(talk: Talk, number: int) -> Proposed:
    found = proposals.proposal(talk.db, number)
    assert found
    return found


def test_the_second_officer_reads_all_of_a_plan(talk: Talk) -> None:
    secretary = hand(talk.db, "3")
    made = plans.propose(talk.db, secretary, plan_terms.read(PLAN), NOW.date(), NOW)
    assert plan_words.plan(talk, proposed(talk, made)) == SAID
    ends = plans.propose_end(talk.db, secretary, 1, date(2027, 6, 30), NOW.date(), NOW)
    assert plan_words.plan(talk, proposed(talk, ends)) == "Cotisation finit le 30/06/2027"


def test_the_second_officer_reads_whom_a_subscription_or_waiver_is_for(talk: Talk) -> None:
    secretary = hand(talk.db, "3")
    who = talk.member.member_id
    wish = Subscribing(3, who, 2, date(2026, 11, 2), "B 4")
    made = capital.propose(talk.db, secretary, wish, NOW.date(), NOW)
    said = plan_words.subscription(talk, proposed(talk, made))
    assert said == "Membre 4: 2 parts de 2 000 F\nSigné le 02/11/2026: B 4"
    owing = members.numbered(talk.db, "KOGB", "12")
    assert owing
    due = next(each for each in dues.allocation(talk.db, owing).dues if each.open)
    made = corrections.propose_waiver(talk.db, secretary, due.entry_id, 100, "Maladie", NOW)
    said = plan_words.waiver(talk, proposed(talk, made))
    assert said.startswith("Membre 12\nRemise de 100 F sur: Cotisation")
    assert said.endswith("Raison: Maladie")
