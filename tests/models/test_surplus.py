"""The surplus of a year, without a database: to the franc, by the law, whatever the order."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import surplus
from models.sharing import Unshareable
from models.surplus import Decision, Interest, Measure, Measured, Optional, Reserve, Ristournes, Unlawful, share_out
from models.surplus.sharing import CARRIED, GENERAL, RISTOURNES, TRAINING

CAPITAL = 10_000_000


def decided(amount: int = 3_700_001, **more: object) -> Decision:
    return replace(Decision(amount, CAPITAL, Reserve(0), Reserve(0)), **more)  # type: ignore[arg-type]


def by_weight(*weights: tuple[str, int], amount: int | None = None) -> Ristournes:
    return Ristournes(amount, Measure.DELIVERIES, tuple(Measured(*each) for each in weights))


def rests(decision: Decision) -> list[tuple[str, int, int]]:
    return [(each.line.to, each.line.amount, each.line.rest) for each in share_out(decision).steps]


def test_the_worked_example_comes_out_to_the_franc() -> None:
    assert rests(decided())[:2] == [(GENERAL, 740_001, 2_960_000), (TRAINING, 740_001, 2_219_999)]
    shared = share_out(decided(optional=(Optional("Outils", 500_000), Optional("Secours", 240_000))))
    assert shared.carried == 2_219_999 - 740_000
    with pytest.raises(Unlawful, match="article 115 allows 740000 at most"):
        decided(optional=(Optional("Outils", 500_000), Optional("Secours", 240_001)))


def test_every_step_follows_its_article() -> None:
    interest = Interest(30_000, 45_000, (Measured("4", 100_000),))
    general = Reserve(0, more=10)
    decision = decided(
        general=general, optional=(Optional("Outils", 1),), ristournes=by_weight(("4", 1), amount=9), interest=interest
    )
    told = [(each.line.to, each.article) for each in share_out(decision).steps]
    assert told == [
        (GENERAL, 114),
        (TRAINING, 114),
        ("fund:optional:Outils", 115),
        (RISTOURNES, 112),
        ("member:4", 112),
        ("fund:distributable", 239),
        (GENERAL, 240),
        ("group:interest", 209),
        ("member:4", 209),
        (CARRIED, 240),
    ]


@pytest.mark.parametrize(
    ("before", "stops", "amount"),
    [
        (CAPITAL - 1, False, 740_001),
        (CAPITAL - 1, True, 1),
        (CAPITAL - 740_001, True, 740_001),
        (CAPITAL - 740_000, True, 740_000),
        (CAPITAL, False, 0),
        (CAPITAL + 1, True, 0),
    ],
)
def test_a_reserve_near_the_capital(before: int, stops: bool, amount: int) -> None:
    shared = share_out(decided(general=Reserve(before), stop_at_capital=stops))
    assert shared.shares.get(GENERAL, 0) == amount


def test_the_bylaws_may_ask_for_more_than_the_law_and_at_the_capital_for_anything() -> None:
    assert share_out(decided(general=Reserve(0, 250_000))).shares[GENERAL] == 925_001
    assert share_out(decided(general=Reserve(CAPITAL, 10_000))).shares[GENERAL] == 37_001


def test_ristournes_take_what_is_given_or_all_that_is_left_and_ties_go_by_number() -> None:
    members = (("12", 5), ("4", 5), ("A7", 5))
    shared = share_out(decided(100, capital=0, ristournes=by_weight(*members)))
    assert shared.ristournes == {"4": 34, "12": 33, "A7": 33}
    assert share_out(decided(ristournes=by_weight(*members, amount=7))).carried == 2_219_992


def test_interest_is_rounded_down_for_each_and_comes_after_what_was_brought() -> None:
    interest = Interest(35_000, 35_000, (Measured("4", 10_001), Measured("9", 28)))
    shared = share_out(decided(2, capital=1, brought=1_000, interest=interest))
    assert (shared.interest, shared.carried) == ({"4": 350, "9": 0}, 650)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda: decided(general=Reserve(0, 199_999)), "article 114"),
        (lambda: decided(training=Reserve(0, 0)), "article 114"),
        (lambda: decided(no_sharing=True, ristournes=by_weight(("4", 1))), "article 241"),
        (lambda: decided(no_sharing=True, interest=Interest(0, 0, ())), "article 241"),
        (lambda: decided(interest=Interest(45_001, 45_000, ())), "article 209"),
        (lambda: decided(0), "above 0"),
        (lambda: decided(-5), "surplus must be a whole number"),
        (lambda: decided(brought=-1), "brought must be a whole number"),
        (lambda: decided(general=Reserve(0, more=-1)), "more must be a whole number"),
        (lambda: decided(1), "it takes 1 and only 0 is left"),
        (lambda: decided(ristournes=by_weight(("4", 1), amount=2_220_000)), "only 2219999 is left"),
        (lambda: decided(ristournes=by_weight()), "nobody to receive"),
        (lambda: decided(ristournes=by_weight(("4", 0))), "nobody to receive"),
        (lambda: decided(ristournes=by_weight(("4", 1), ("4", 2))), "twice"),
        (lambda: decided(optional=(Optional("a", 1), Optional("a", 1))), "one label"),
        (lambda: decided(general=Reserve(0, more=2_220_000)), "only 2219999 is left"),
        (lambda: decided(interest=Interest(900_000, 900_000, (Measured("4", 9_999_999),))), "only 2219999 is left"),
    ],
)
def test_what_the_law_or_the_numbers_forbid_is_refused_in_a_sentence(wrong: object, why: str) -> None:
    with pytest.raises(Unshareable, match=why):
        share_out(wrong())  # type: ignore[operator]


NUMBERS = st.lists(st.sampled_from([str(n) for n in range(1, 40)] + ["A7", "04", "É1"]), unique=True, min_size=1)
AMOUNTS = st.integers(0, 10**13)


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    amount = draw(st.integers(2, 10**12))
    capital, brought = draw(AMOUNTS), draw(AMOUNTS)
    reserves = [Reserve(draw(AMOUNTS), draw(st.none() | st.integers(200_000, 300_000))) for _ in range(2)]
    fifth = amount * 200_000 // 1_000_000
    kept = draw(st.integers(0, fifth))
    members = tuple(Measured(number, draw(st.integers(0, 10**9))) for number in draw(NUMBERS))
    back = Ristournes(None, draw(st.sampled_from(Measure)), (*members, Measured("999", draw(st.integers(1, 9)))))
    decision = Decision(amount, capital, reserves[0], reserves[1], brought, draw(st.booleans()))
    decision = replace(decision, optional=(Optional("Outils", kept),))
    left = share_out(replace(decision, brought=0)).carried
    rate = draw(st.integers(0, 45_000))
    paid_up = tuple(Measured(number, draw(st.integers(0, 10**6))) for number in draw(NUMBERS))
    most = left - draw(st.integers(0, left))
    interest = Interest(rate, 45_000, paid_up) if sum(p.weight for p in paid_up) * rate < brought * 10**6 else None
    return replace(
        decision, ristournes=draw(st.sampled_from([None, back, replace(back, amount=most)])), interest=interest
    )


@settings(max_examples=3000, deadline=None)
@given(decision=decisions(), seed=st.randoms())
def test_no_franc_is_lost_or_invented_and_the_law_is_kept(decision: Decision, seed: object) -> None:
    shared = share_out(decision)
    assert sum(shared.shares.values()) == decision.surplus + decision.brought
    assert all(each.line.amount >= 0 and each.line.rest >= 0 for each in shared.steps)
    first = {each.line.to: each.line.amount for each in shared.steps if each.article == 114}
    for to, reserve in ((GENERAL, decision.general), (TRAINING, decision.training)):
        missing = max(0, decision.capital - reserve.before)
        least = min(-(-decision.surplus // 5), missing) if decision.stop_at_capital else -(-decision.surplus // 5)
        assert not missing or first.get(to, 0) >= least
        assert not decision.stop_at_capital or first.get(to, 0) <= missing
    assert 5 * sum(each.amount for each in decision.optional) <= decision.surplus
    given_back = [each.line.amount for each in shared.steps if each.line.to == RISTOURNES]
    assert sum(shared.ristournes.values()) == sum(given_back)
    for each in decision.interest.paid_up if decision.interest else ():
        assert shared.interest.get(each.member, 0) * 10**6 <= each.weight * decision.interest.rate_ppm  # type: ignore[union-attr]
    assert share_out(_shuffled(decision, seed)) == shared


def _shuffled(decision: Decision, seed: object) -> Decision:
    def mixed(members: tuple[Measured, ...]) -> tuple[Measured, ...]:
        return tuple(seed.sample(members, len(members)))  # type: ignore[attr-defined]

    back, interest = decision.ristournes, decision.interest
    return replace(
        decision,
        ristournes=back and replace(back, members=mixed(back.members)),
        interest=interest and replace(interest, paid_up=mixed(interest.paid_up)),
    )


@settings(max_examples=300, deadline=None)
@given(decision=decisions())
def test_a_decision_is_written_and_read_again(decision: Decision) -> None:
    assert surplus.read(json.dumps(surplus.document_of(decision)).encode()) == decision


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"capital": 1.0}, "capital must be a whole number"),
        ({"surplus": True}, "surplus must be a whole number"),
        ({"more": 1}, "'more' is not known"),
        ({"reserves": {"general": {"before": 0}}}, "training is missing"),
        ({"reserves": {"general": {"before": 0}, "training": {}}}, "before is missing"),
        ({"bylaws": {"stop_at_capital": 1}}, "true or false"),
        ({"ristournes": {"amount": None, "by": "work", "members": []}}, 'or "rest"'),
        ({"ristournes": {"amount": "all", "by": "work", "members": []}}, "amount must be a whole number"),
        ({"ristournes": {"amount": 1, "by": "beauty", "members": []}}, "by must be deliveries, work, lots"),
        ({"ristournes": {"amount": 1, "by": "work", "members": [{"member": "4", "weight": -1}]}}, "weight must be"),
        (
            {"ristournes": {"amount": 1, "by": "work", "members": [{"member": "trésorier", "weight": 1}]}},
            "is an office",
        ),
        ({"interest": {"rate_ppm": 1, "most_ppm": 0, "paid_up": []}}, "article 209"),
        ({"optional": [{"label": " ", "amount": 1}]}, "label must be"),
    ],
)
def test_a_document_that_is_not_right_is_refused_by_place(change: dict[str, object], why: str) -> None:
    document = {"surplus": 100, "capital": 0, "reserves": {"general": {"before": 0}, "training": {"before": 0}}}
    with pytest.raises(Unshareable, match=why):
        share_out(surplus.decision_of(document | change))
