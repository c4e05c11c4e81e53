"""Writing a sharing rule down: checked, proposed by one officer, approved by a second one, agreed to by its parties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, update

from models import members, proposals, questions, rules, sharing, stamps
from models.hands import Hand
from models.proposals import Deed, Proposed, Wish
from models.questions import About, Asking
from models.rules import Basis, Party, SharingRule, Written
from models.sharing.beneficiaries import number_of
from models.sharing.rules import given
from models.sharing.values import name
from models.writing import insert_once


class Lack(StrEnum):
    """Why a rule cannot be written down or approved."""

    UNSOUND = "unsound"
    DATES = "dates"
    STRANGER = "stranger"
    NO_PARTIES = "no_parties"
    PARTIES = "parties"
    NO_PHONE = "no_phone"
    SAME = "same"
    CHANGED = "changed"


class Unwritten(ValueError):
    """A rule that is not written down, or not approved; `about` is what is wrong, or who."""

    def __init__(self, lack: Lack, about: str = "") -> None:
        super().__init__(f"{lack.value} {about}".strip())
        self.lack, self.about = lack, about


@dataclass(frozen=True, slots=True)
class NewRule:
    """A version to be. `document` is the object {"unit", "steps"}; the parties are member numbers."""

    name: str
    document: dict[str, Any]
    basis: Basis
    basis_ref: str
    signed_on: date
    valid_from: date
    valid_to: date | None = None
    parties: Sequence[str] = ()


def propose(db: Connection, hand: Hand, new: NewRule, now: datetime) -> int:
    """Write a version down and propose it; the number of the proposal. The same version again is the same proposal.

    A member whom the rule names to receive has an interest in it and turns neither key; parties and the team do not.
    Raises Unwritten, and NotAllowed.
    """
    parties, named = _checked(db, hand.cooperative_id, new)
    versions = [each for each in rules.versions(db, hand.cooperative_id) if each.name == new.name]
    last = versions[-1] if versions else None
    if last is not None and _same(db, last, new, parties):
        if last.approved:
            raise Unwritten(Lack.SAME, str(last.version))
        written = last
    else:
        written = _written(db, hand.cooperative_id, new, parties, last)
    facts = {"rule_id": written.rule_id, "name": new.name, "version": written.version, "digest": written.digest}
    facts |= {"parties": parties, "interested": named}
    alone = named[0] if len(named) == 1 else None
    return proposals.propose(db, hand, Wish(Deed.CHANGE_RULE, facts, alone), now)


def _checked(db: Connection, cooperative_id: int, new: NewRule) -> tuple[list[int], list[int]]:
    """The parties, and the members who are named to receive, once everything else is right."""
    try:
        found = sharing.rule_of(new.document)
        faults = sharing.faults_of(found)
        name("name", new.name)
        name("reference", new.basis_ref)
    except sharing.Unshareable as error:
        raise Unwritten(Lack.UNSOUND, str(error)) from None
    wrong = {
        Lack.UNSOUND: bool(faults),
        Lack.DATES: new.valid_to is not None and new.valid_to < new.valid_from,
        Lack.NO_PARTIES: new.basis is Basis.VERBAL and not new.parties,
        Lack.PARTIES: new.basis is not Basis.VERBAL and bool(new.parties),
    }
    for lack, holds in wrong.items():
        if holds:
            raise Unwritten(lack, faults[0] if faults else "")
    numbers = {number for step in found.steps for to in given(step) if (number := number_of(to)) is not None}
    named = sorted({_member(db, cooperative_id, number) for number in sorted(numbers)})
    parties = {number: _member(db, cooperative_id, number) for number in new.parties}
    for number, member_id in parties.items():
        if not members.phones(db, member_id):
            raise Unwritten(Lack.NO_PHONE, number)
    return sorted(parties.values()), named


def _member(db: Connection, cooperative_id: int, number: str) -> int:
    found = members.by_number(db, cooperative_id, number)
    if found is None:
        raise Unwritten(Lack.STRANGER, number)
    return found


def _same(db: Connection, last: Written, new: NewRule, parties: list[int]) -> bool:
    asked = (new.document["unit"], new.document["steps"], new.basis, new.basis_ref)
    dates = (new.signed_on, new.valid_from, new.valid_to)
    return (
        (last.unit, last.steps, last.basis, last.basis_ref) == asked
        and (last.signed_on, last.valid_from, last.valid_to) == dates
        and rules.parties(db, last.rule_id) == parties
    )


def _written(db: Connection, cooperative_id: int, new: NewRule, parties: list[int], last: Written | None) -> Written:
    values = {
        "cooperative_id": cooperative_id,
        "name": new.name,
        "version": last.version + 1 if last else 1,
        "unit": new.document["unit"],
        "steps": new.document["steps"],
        "basis": new.basis,
        "basis_ref": new.basis_ref,
        "signed_on": new.signed_on,
        "valid_from": new.valid_from,
        "valid_to": new.valid_to,
        "replaces_id": last.rule_id if last else None,
    }
    rule_id = insert_once(db, SharingRule, values)
    if rule_id is None:  # another officer has written this version at the same time
        raise Unwritten(Lack.CHANGED)
    if parties:
        db.execute(insert(Party), [{"rule_id": rule_id, "member_id": member_id} for member_id in parties])
    stamps.write(db, rules.WRITTEN, [rule_id])
    written = rules.rule(db, rule_id)
    assert written is not None  # noqa: S101 - it was written a moment ago
    return written


def adopt(db: Connection, decided: Proposed, now: datetime) -> None:
    """A version was approved by a second officer. Who is party to a spoken agreement is asked from now on.

    Raises Unwritten when it is not any more what was proposed.
    """
    written = rules.rule(db, decided.facts["rule_id"])
    parties = rules.parties(db, decided.facts["rule_id"])
    if written is None or (written.digest, parties) != (decided.facts["digest"], decided.facts["parties"]):
        raise Unwritten(Lack.CHANGED)
    fresh = update(SharingRule).where(SharingRule.id == written.rule_id, SharingRule.proposal_id.is_(None))
    if db.execute(fresh.values(proposal_id=decided.proposal_id)).rowcount:
        stamps.write(db, rules.ADOPTED, [written.rule_id])
    for member_id in parties:
        facts = {"rule_id": written.rule_id, "name": written.name, "version": written.version}
        subject = f"rule:{written.rule_id}:{member_id}"
        questions.ask(db, Asking(member_id, About.RULE, subject, facts, decided.proposed_by), now)
