"""What a rule cannot be: a pool that never gets anything, an office however it is written, one card under two names."""

import json

import pytest

from models import receipts, sharing
from models.sharing.beneficiaries import is_office

EVERYBODY = {"step": "pool", "label": "Equipe", "by": "equal", "of": "rest"}


@pytest.mark.parametrize(
    "before",
    [
        {"step": "pct", "label": "Coop", "to": "org:coop", "rate_ppm": 1_000_000, "of": "rest"},
        {"step": "split", "label": "S", "among": [{"to": "org:coop", "weight": 1}, {"to": "rest", "weight": 0}]},
    ],
)
def test_a_pool_for_which_nothing_is_ever_left_is_a_fault(before: object) -> None:
    rule = sharing.rule_of({"unit": "money", "steps": [before, EVERYBODY]})
    assert any("nothing is left for this pool" in each for each in sharing.faults_of(rule))


@pytest.mark.parametrize(
    "called", ["PDG", "p r e s i d e n t", "Caisse du chef", "P.D.G.", "  Pré sident  ", "caissière"]
)
def test_an_office_is_known_however_it_is_written(called: str) -> None:
    assert is_office(called) == (called.strip() != "Pré sident")


def test_a_card_stands_once_in_a_preview() -> None:
    team = [{"member": each, "weight": 1, "group": ""} for each in ("4", "04")]
    asked = {"rule": {"unit": "money", "steps": [EVERYBODY]}, "pot": 10, "team": team}
    with pytest.raises(sharing.Unshareable, match="are the same number"):
        sharing.read(json.dumps(asked).encode())


@pytest.mark.parametrize(
    ("typed", "printed"), [("140 3", "140-3"), ("140-3", "140-3"), ("1403", "140-3"), ("140 3 KOGB", "140-3")]
)
def test_a_space_may_stand_for_the_dash_of_a_receipt(typed: str, printed: str) -> None:
    found = receipts.asked(typed)
    assert found is not None
    assert found.printed == printed
