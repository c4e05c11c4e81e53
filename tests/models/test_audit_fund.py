"""The parts of a call of the audit fund: by subscribed shares, to the franc."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.audit_fund import parts
from models.sharing import Unshareable


def split(amount: int, shares: dict[str, int]) -> dict[str, int]:
    return {part.affiliate: part.line.amount for part in parts(amount, shares)}


def test_the_worked_examples_come_out_to_the_franc() -> None:
    shares = {"A": 120, "B": 75, "C": 61, "D": 44}
    assert split(1_500_000, shares) == {"A": 600_000, "B": 375_000, "C": 305_000, "D": 220_000}
    assert split(100_000, {"C": 7, "B": 7, "A": 7}) == {"A": 33_334, "B": 33_333, "C": 33_333}
    assert [part.line.rest for part in parts(100_000, {"C": 7, "B": 7, "A": 7})] == [66_666, 33_333, 0]


CODES = st.dictionaries(st.sampled_from([f"ML-{n}" for n in range(60)] + ["4", "12", "SG"]), st.integers(0, 10**9))


@settings(max_examples=3000, deadline=None)
@given(amount=st.integers(1, 10**13), shares=CODES, seed=st.randoms())
def test_the_parts_add_up_whatever_the_order(amount: int, shares: dict[str, int], seed: object) -> None:
    total = sum(shares.values())
    if not total:
        return
    found = parts(amount, shares)
    assert sum(part.line.amount for part in found) == amount
    assert found[-1].line.rest == 0
    for part in found:
        assert (
            part.line.amount * total - amount * part.shares
        ) ** 2 < total**2  # less than a franc from the exact part
    mixed = seed.sample(list(shares.items()), len(shares))  # type: ignore[attr-defined]
    assert parts(amount, dict(mixed)) == found


@pytest.mark.parametrize(("amount", "shares"), [(0, {"A": 1}), (-1, {"A": 1}), (5, {}), (5, {"A": 0}), (5, {"A": -1})])
def test_what_cannot_be_split_is_refused(amount: int, shares: dict[str, int]) -> None:
    with pytest.raises(Unshareable):
        parts(amount, shares)
