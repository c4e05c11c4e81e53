"""Noting a payment by phone: a repeat is warned of, and the reference of an operator is asked."""

import pytest
from flask import Flask

from models.entries import EntryKind
from tests.conftest import SECRET
from tests.office import TREASURER, asked, entries, opened
from tests.phone import Phone

KINDS = ["sqlite", "postgresql"]


def redialled(app: Flask) -> Phone:
    """The treasurer, who dials again."""
    phone = Phone(app, TREASURER, SECRET)
    phone.go("6")
    phone.press("3917")
    return phone


def test_the_same_money_noted_again_the_same_day_is_warned_of(app: Flask) -> None:
    first = opened(app, TREASURER)
    assert "déjà noté" not in first.press("1", "7", "2500", "1")
    receipt = first.press("1").split("numéro ")[1].split(".")[0]
    again = redialled(app)
    said = again.press("1", "7", "2500", "1")
    assert f"Attention, déjà noté ce jour-là: recu {receipt}." in said.replace("\n", " ")
    assert asked(app, lambda db: entries(db, EntryKind.PAYMENT)) == 1
    other = redialled(app)
    assert "déjà noté" not in other.press("1", "7", "2501", "1")
    again.press("1")
    assert asked(app, lambda db: entries(db, EntryKind.PAYMENT)) == 2


def test_what_is_paid_ahead_is_told_the_treasurer_too(app: Flask) -> None:
    said = opened(app, TREASURER).press("1", "4", "100000", "1", "1")
    assert "D'avance:" in said


@pytest.mark.parametrize(("channel", "asks"), [("1", False), ("2", True), ("3", True), ("6", True), ("7", False)])
def test_money_that_came_through_an_operator_is_noted_by_its_reference(app: Flask, channel: str, asks: bool) -> None:
    phone = opened(app, TREASURER)
    said = phone.press("1", "7", "2500", channel)
    assert ("Référence de l'opérateur" in said) == asks
    if asks:
        assert "40 signes au plus" in phone.press("R" * 41)
        phone.press("OM 998")
        assert "Noté" in phone.press("1")
        again = redialled(app)
        again.press("1", "7", "2500", channel, "OM 998")
        again.press("1")
        assert asked(app, lambda db: entries(db, EntryKind.PAYMENT)) == 1
