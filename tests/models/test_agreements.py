"""Sharing rules as data: every model found in the field, versions, two keys, and what was agreed by word of mouth."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from models import agreements, questions, rules
from models.agreements import Lack, NewRule, Unwritten
from models.hands import Bar, NotAllowed
from models.rules import Basis
from models.sharing import By, Cost, Fixed, Of, Per, Percent, Pool, faults_of
from tests.models.test_sharing import MODELS, Model
from tests.pit import DAY, Pit, written

KINDS = ["sqlite", "postgresql"]
TEAM = Pool("Équipe", By.DAYS, "rest")
SHARE = Percent("Villages", "fund:villages", 50_000, Of.NET)


def standing(pit: Pit, day: date = DAY) -> dict[str, int]:
    return {each.name: each.version for each in rules.in_force(pit.db, pit.hand().cooperative_id, day)}


def new(*steps: object, basis: Basis = Basis.MOU, parties: tuple[str, ...] = (), **more: object) -> NewRule:
    document = {"unit": "money", "steps": written(steps)}  # type: ignore[arg-type]
    return NewRule("puits", document, basis, "papier", DAY, DAY, parties=parties, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_of_the_field_is_kept_as_it_was_written(pit: Pit, model: Model) -> None:
    pit.rule(model.name, model.rule.steps, model.rule.unit)
    kept = next(each for each in rules.in_force(pit.db, pit.hand().cooperative_id, DAY) if each.name == model.name)
    assert kept.rule == model.rule
    assert faults_of(kept.rule) == ()


WRONG = {
    Lack.UNSOUND: new(SHARE),
    Lack.DATES: new(TEAM, valid_to=DAY - timedelta(days=1)),
    Lack.STRANGER: new(Fixed("Ba", "member:999", 5, Per.LOT), TEAM),
    Lack.NO_PARTIES: new(TEAM, basis=Basis.VERBAL),
    Lack.PARTIES: new(TEAM, parties=("7",)),
    Lack.NO_PHONE: new(TEAM, basis=Basis.VERBAL, parties=("7", "19")),
}


@pytest.mark.parametrize("lack", WRONG)
def test_what_is_no_rule(pit: Pit, lack: Lack) -> None:
    with pytest.raises(Unwritten, match=f"^{lack.value}"):
        agreements.propose(pit.db, pit.hand(), WRONG[lack], pit.now)


@pytest.mark.parametrize(
    "document", [[], {}, {"unit": "money"}, {"unit": "or", "steps": []}, {"unit": "money", "steps": 5}]
)
def test_what_is_no_document(pit: Pit, document: dict[str, object]) -> None:
    with pytest.raises(Unwritten, match="unsound"):
        agreements.propose(pit.db, pit.hand(), NewRule("x", document, Basis.MOU, "p", DAY, DAY), pit.now)


def test_a_version_holds_once_it_was_approved_and_the_old_one_stays(pit: Pit) -> None:
    home = pit.hand().cooperative_id
    proposal_id = agreements.propose(pit.db, pit.hand(), new(TEAM), pit.now)
    assert agreements.propose(pit.db, pit.hand("5"), new(TEAM), pit.now) == proposal_id
    assert "puits" not in standing(pit)
    pit.approve(proposal_id)
    assert standing(pit)["puits"] == 1
    with pytest.raises(Unwritten, match="same"):
        agreements.propose(pit.db, pit.hand(), new(TEAM), pit.now)
    pit.rule("puits", [Cost("eau", 5), TEAM], valid_from=DAY + timedelta(days=1))
    assert (standing(pit)["puits"], standing(pit, DAY + timedelta(days=1))["puits"]) == (1, 2)
    assert [each.version for each in rules.versions(pit.db, home) if each.name == "puits"] == [1, 2]
    assert "puits" not in standing(pit, DAY - timedelta(days=1))


def test_a_rule_ends_on_its_last_day(pit: Pit) -> None:
    pit.rule("puits", [TEAM], valid_to=DAY)
    assert "puits" in standing(pit)
    assert "puits" not in standing(pit, DAY + timedelta(days=1))


def test_a_spoken_agreement_holds_when_every_party_said_yes(pit: Pit) -> None:
    pit.rule("puits", [TEAM], basis=Basis.VERBAL, parties=("7", "12"))
    assert "puits" not in standing(pit)
    pit.answer("7", True)
    assert "puits" not in standing(pit)
    pit.answer("12", True)
    assert standing(pit)["puits"] == 1


def test_one_no_refuses_a_spoken_agreement(pit: Pit) -> None:
    pit.rule("puits", [TEAM], basis=Basis.VERBAL, parties=("7", "12"))
    pit.answer("7", True)
    pit.answer("12", False)
    assert "puits" not in standing(pit)
    newest = rules.versions(pit.db, pit.hand().cooperative_id)[-1]
    assert rules.said_by_parties(pit.db, newest.rule_id) == {"7": True, "12": False}


def test_nobody_is_asked_before_two_keys_were_turned(pit: Pit) -> None:
    agreements.propose(pit.db, pit.hand(), new(TEAM, basis=Basis.VERBAL, parties=("7",)), pit.now)
    assert questions.next_for(pit.db, pit.member("7"), pit.now) is None


def test_only_another_officer_approves(pit: Pit) -> None:
    proposal_id = agreements.propose(pit.db, pit.hand(), new(TEAM), pit.now)
    for number, bar in (("3", Bar.SAME_PERSON), ("7", Bar.NO_OFFICER), ("4", Bar.NO_OFFICER)):
        with pytest.raises(NotAllowed, match=bar):
            pit.approve(proposal_id, number)


def test_what_was_changed_behind_the_program_is_not_approved(pit: Pit) -> None:
    proposal_id = agreements.propose(pit.db, pit.hand(), new(TEAM), pit.now)
    pit.db.execute(update(rules.SharingRule).values(steps=written([SHARE, TEAM])))
    with pytest.raises(Unwritten, match="changed"):
        pit.approve(proposal_id)
