"""Sharing to the last unit: the worked examples, the models found in the field, what a rule may not be; properties."""

import random
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.sharing import (
    Advance,
    By,
    Cost,
    Fixed,
    Of,
    Owing,
    Part,
    Per,
    Percent,
    Pool,
    Recover,
    Result,
    Rule,
    Split,
    Step,
    Unit,
    Unshareable,
    Worker,
    by_number,
    faults_of,
    largest_remainder,
    share,
)

DAYS = (12, 12, 11, 10, 12, 6, 9, 10, 8)
NINE = [Worker(str(number), days) for number, days in enumerate(DAYS, start=1)]
THIRDS = Split("tiers", (Part("financier:puits", 1), Part("rest", 2)))
EVERYBODY = Pool("équipe", By.DAYS, "rest")
LOT_214 = (
    Cost("frais", 341_200),
    Percent("villages", "fund:villages", 50_000, Of.NET),
    Percent("coop", "org:coop", 100_000, Of.NET),
    THIRDS,
    EVERYBODY,
    Recover("avance", Owing.EQUIPMENT, 300_000, 0),
)
WASHERS = [Worker("21", 30, "laveuses"), Worker("22", 10, "laveuses")]
DIGGERS = [Worker("7", 2, "équipe"), Worker("12", 1, "équipe")]


def money(*steps: Step) -> Rule:
    return Rule(Unit.MONEY, steps)


def members(result: Result) -> list[int]:
    return [amount for to, amount in result.shares.items() if to.startswith("member:")]


def test_the_worked_example_to_the_franc() -> None:
    result = share(money(*LOT_214), 2_941_200, {}, NINE, [Advance("3", 60_000, Owing.EQUIPMENT)])
    assert [(line.label, line.amount, line.rest) for line in result.lines[:5]] == [
        ("frais", 341_200, 2_600_000),
        ("villages", 130_000, 2_470_000),
        ("coop", 260_000, 2_210_000),
        ("tiers", 736_667, 1_473_333),
        ("tiers", 1_473_333, 1_473_333),
    ]
    assert members(result) == [196445, 196444, 180074, 163704, 196444, 98222, 147333, 163704, 130963]
    assert (sum(members(result)), sum(result.shares.values())) == (1_473_333, 2_941_200)
    assert (result.recovered["3"], result.net["3"]) == (54_022, 126_052)
    assert sum(result.recovered.values()) == 54_022
    assert result.lines[-1].to == "member:3"


AFFILIATES = {"Yanfolila": 120, "Sadiola": 75, "Bougouni": 61, "Kangaba": 44}


def test_the_audit_fund_is_called_by_subscribed_shares() -> None:
    called = largest_remainder(1_500_000, AFFILIATES, order=str)
    assert [called[each] for each in AFFILIATES] == [600_000, 375_000, 305_000, 220_000]
    assert list(largest_remainder(100_000, dict.fromkeys("abc", 1), order=str).values()) == [33_334, 33_333, 33_333]


@pytest.mark.parametrize(
    ("pot", "shares"), [(0, [0, 0, 0]), (1, [0, 1, 0]), (2, [0, 1, 1]), (3, [1, 1, 1]), (4, [0, 2, 2])]
)
def test_a_pot_may_be_smaller_than_the_team_and_a_larger_pot_may_give_less(pot: int, shares: list[int]) -> None:
    assert list(largest_remainder(pot, {"a": 1, "b": 3, "c": 3}, order=str).values()) == shares


@pytest.mark.parametrize(("pot", "weights"), [(-1, [1]), (True, [1]), (5, [0, 0]), (5, []), (5, [-1, 2]), (5, [1.5])])
def test_what_cannot_be_shared_in_proportion(pot: int, weights: list[int]) -> None:
    with pytest.raises(Unshareable):
        largest_remainder(pot, dict(enumerate(weights)), order=int)


def test_the_public_order_of_numbers() -> None:
    numbers = ["4", "04", "12", "9" * 5000, "1" + "0" * 5000, "A7", "B", "²"]
    right = ["04", *(each for each in numbers if each != "04")]
    assert sorted(numbers, key=by_number) == right


class Model(NamedTuple):
    """A model of sharing, a lot, and what everybody gets of it."""

    name: str
    rule: Rule
    pot: int
    counts: dict[Per, int]
    team: list[Worker]
    shares: dict[str, int]


SACKS = Split("sacs", (Part("landowner:puits", 1), Part("financier:Ba", 2), Part("rest", 7)))
HELD = Split("sacs", (Part("landowner:puits", 1), Part("financier:Ba", 2), Part("group:équipe", 7)))
EQUALLY = Pool("équipe", By.EQUAL, "rest")
MODELS = [
    Model(
        "M1 halves",
        money(Split("moitiés", (Part("financier:chef de chantier", 1), Part("rest", 1))), EQUALLY),
        100_001,
        {},
        [Worker("12", 0), Worker("4", 0)],
        {"financier:chef de chantier": 50_001, "member:4": 25_000, "member:12": 25_000},
    ),
    Model(
        "M2 wage and a share of the find",
        money(
            Fixed("salaire", "group:équipe", 1_500, Per.DAY),
            Fixed("repas", "financier:cantine", 200, Per.DAY),
            Percent("trouvaille", "group:équipe", 200_000, Of.REST),
            Pool("équipe", By.DAYS, "group:équipe"),
            Split("reste", (Part("landowner:concession", 1),)),
        ),
        105_100,
        {Per.DAY: 3},
        DIGGERS,
        {"financier:cantine": 600, "landowner:concession": 80_000, "member:7": 16_333, "member:12": 8_167},
    ),
    Model(
        "M3 sold together",
        money(SACKS, EQUALLY),
        2_600_000,
        {},
        NINE[:1],
        {"landowner:puits": 260_000, "financier:Ba": 520_000, "member:1": 1_820_000},
    ),
    Model(
        "M3 sacks first, money later",
        Rule(Unit.SACKS, (HELD,)),
        10,
        {},
        DIGGERS,
        {"landowner:puits": 1, "financier:Ba": 2, "group:équipe": 7},
    ),
    Model(
        "M4 fee for each pit",
        money(Fixed("terre", "landowner:Kambou", 50_000, Per.PIT), EVERYBODY),
        130_000,
        {Per.PIT: 2, Per.SACK: 0},
        NINE[:2],
        {"landowner:Kambou": 100_000, "member:1": 15_000, "member:2": 15_000},
    ),
    Model(
        "M5 by money put in",
        money(Split("sélection", (Part("financier:Ba", 300_000), Part("rest", 300_000))), EVERYBODY),
        9,
        {},
        NINE[:1],
        {"financier:Ba": 5, "member:1": 4},
    ),
    Model(
        "M6 rent",
        money(Percent("rente", "landowner:concession", 100_000, Of.GROSS), EVERYBODY),
        109,
        {},
        NINE[:1],
        {"landowner:concession": 10, "member:1": 99},
    ),
    Model(
        "M7 memorandum with villages",
        money(*LOT_214[:3], Percent("social", "fund:social", 10_000, Of.REST), EVERYBODY),
        2_941_200,
        {},
        NINE[:1],
        {
            "cost:frais": 341_200,
            "fund:villages": 130_000,
            "org:coop": 260_000,
            "fund:social": 22_100,
            "member:1": 2_187_900,
        },
    ),
    Model(
        "M8 traced chain",
        money(
            Cost("affinage", 2_000),
            Cost("transport", 500),
            Cost("affinage", 1_000),
            Percent("taxe", "collectivite:Kéniéba", 30_000, Of.GROSS),
            Percent("chaîne", "buyer:comptoir", 20_000, Of.NET),
            EVERYBODY,
        ),
        103_500,
        {},
        NINE[:1],
        {
            "cost:affinage": 3_000,
            "cost:transport": 500,
            "collectivite:Kéniéba": 3_105,
            "buyer:comptoir": 2_000,
            "member:1": 94_895,
        },
    ),
    Model(
        "M9 yearly ristournes by deliveries in mg",
        money(Pool("ristourne", By.WEIGHT, "rest")),
        1_000,
        {},
        [Worker("1", 34_200), Worker("2", 17_100)],
        {"member:1": 667, "member:2": 333},
    ),
    Model(
        "M10 customary levies",
        money(
            Fixed("damantigi", "landowner:damantigi", 1_000, Per.SACK),
            Percent("tomboloma", "org:tomboloma", 25_000, Of.GROSS),
            Fixed("site", "collectivite:site", 500, Per.LOT),
            Pool("équipe", By.SHIFTS, "rest"),
        ),
        40_000,
        {Per.SACK: 10},
        NINE[:1],
        {"landowner:damantigi": 10_000, "org:tomboloma": 1_000, "collectivite:site": 500, "member:1": 28_500},
    ),
    Model(
        "M11 washers by bowl",
        money(
            Fixed("lavage", "group:laveuses", 500, Per.SACK),
            Pool("laveuses", By.BOWLS, "group:laveuses"),
            Split("creuseurs", (Part("group:équipe", 1),)),
            Pool("équipe", By.DAYS, "group:équipe"),
        ),
        10_000,
        {Per.SACK: 8},
        [*DIGGERS, *WASHERS],
        {"member:21": 3_000, "member:22": 1_000, "member:7": 4_000, "member:12": 2_000},
    ),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_is_a_rule(model: Model) -> None:
    result = share(model.rule, model.pot, model.counts, model.team, [])
    assert dict(result.shares) == model.shares
    assert sum(result.shares.values()) == model.pot
    assert faults_of(model.rule) == ()


def test_sacks_stay_with_a_group_of_the_team_only() -> None:
    with pytest.raises(Unshareable, match="nobody receives the 7"):
        share(Rule(Unit.SACKS, (HELD,)), 10, {}, WASHERS, [])
    with pytest.raises(Unshareable, match="nobody receives the 7"):
        share(money(HELD), 10, {}, DIGGERS, [])


def test_a_lot_with_nothing_for_the_washers_needs_none() -> None:
    rule = MODELS[-1].rule
    assert "member:21" not in share(rule, 9, {Per.SACK: 0}, DIGGERS, []).shares
    assert share(rule, 9, {Per.SACK: 0}, [*DIGGERS, replace(WASHERS[0], weight=0)], []).shares["member:21"] == 0
    with pytest.raises(Unshareable):
        share(rule, 5_000, {Per.SACK: 1}, DIGGERS, [])


@pytest.mark.parametrize(
    ("recovers", "advances", "recovered"),
    [
        ([(Owing.EQUIPMENT, 300_000, 0)], [(200, Owing.EQUIPMENT)], 200),
        ([(Owing.EQUIPMENT, 300_000, 0)], [(200, Owing.EQUIPMENT), (150, Owing.EQUIPMENT)], 300),
        ([(Owing.EQUIPMENT, 300_000, 0)], [(200, Owing.DELIVERY_ADVANCE)], 0),
        ([(Owing.EQUIPMENT, 1_000_000, 950)], [(200, Owing.EQUIPMENT)], 51),
        ([(Owing.EQUIPMENT, 1_000_000, 2_000)], [(200, Owing.EQUIPMENT)], 0),
        ([(Owing.EQUIPMENT, 300_000, 0)] * 2, [(400, Owing.EQUIPMENT)], 400),
        ([(kind, 300_000, 0) for kind in Owing], [(400, kind) for kind in Owing], 600),
        ([(kind, 1_000_000, 100) for kind in Owing], [(800, kind) for kind in Owing], 901),
    ],
)
def test_recovery_is_bounded(
    recovers: list[tuple[Owing, int, int]], advances: list[tuple[int, Owing]], recovered: int
) -> None:
    rule = money(EVERYBODY, *(Recover("avance", *each) for each in recovers))
    result = share(rule, 1_001, {}, NINE[:1], [Advance("1", *each) for each in advances])
    assert (result.recovered, result.net) == ({"1": recovered}, {"1": 1_001 - recovered})
    assert faults_of(rule) == ()


HALF = Percent("moitié", "org:coop", 500_000, Of.GROSS)
ALL = Split("tout", (Part("fund:villages", 1),))
TO_GROUP = Split("groupe", (Part("group:équipe", 1),))
FAULTY = [
    ("nobody receives the pot", ()),
    ("nobody receives the pot", (Cost("frais", 5),)),
    ("a rest may be left over", (HALF,)),
    ("a rest may be left over", (HALF, HALF)),
    ("a rest may be left over", (THIRDS, Cost("frais", 1))),
    ("takes more", (HALF, HALF, HALF)),
    ("takes more", (ALL, Cost("frais", 1))),
    ("takes more", (Cost("frais", 1), replace(HALF, rate_ppm=1_000_000))),
    ("takes more", (Fixed("terre", "org:coop", 1, Per.PIT), replace(HALF, rate_ppm=1_000_000, of=Of.NET))),
    ("takes more", (THIRDS, THIRDS, replace(HALF, rate_ppm=1), ALL)),
    ("was given nothing", (Pool("équipe", By.DAYS, "group:équipe"), ALL)),
    ("was given nothing", (TO_GROUP, *[Pool("équipe", By.DAYS, "group:équipe")] * 2)),
    ("nobody receives what 'group:équipe' is given", (TO_GROUP,)),
    ("nothing to recover from", (LOT_214[-1], EVERYBODY)),
    ("still gives to members", (EVERYBODY, LOT_214[-1], EVERYBODY)),
]


@pytest.mark.parametrize(("fault", "steps"), FAULTY)
def test_a_rule_that_cannot_share_any_pot_is_refused_when_written(fault: str, steps: tuple[Step, ...]) -> None:
    assert any(fault in each for each in faults_of(money(*steps)))
    assert faults_of(money(Cost("frais", 7), replace(HALF, rate_ppm=1_000_000, of=Of.NET))) == ()


GROUPS = ("", "équipe", "laveuses")
AMOUNTS = st.integers(0, 60)
RATES = st.sampled_from([0, 1, 50_000, 333_333, 500_000, 1_000_000])
TO = st.sampled_from(["org:coop", "fund:villages", "member:4", "member:99", "group:équipe", "group:laveuses"])
PARTS = st.lists(st.builds(Part, TO, st.integers(0, 7)), max_size=3).map(tuple)


@st.composite
def splits(draw: st.DrawFn) -> Split:
    return Split("s", (*draw(PARTS), Part(draw(TO | st.just("rest")), draw(st.integers(1, 7)))))


GIVING = st.one_of(
    st.builds(Cost, st.sampled_from(["a", "b"]), AMOUNTS),
    st.builds(Percent, st.just("p"), TO, RATES, st.sampled_from(Of)),
    st.builds(Fixed, st.just("f"), TO, AMOUNTS, st.sampled_from(Per)),
    splits(),
)
POOLS = st.builds(Pool, st.just("l"), st.sampled_from(By), st.sampled_from(["rest", "group:équipe", "group:laveuses"]))
RECOVERS = st.builds(Recover, st.just("r"), st.sampled_from(Owing), RATES, AMOUNTS)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Rules of every kind; most of them end in a way that lets them share."""
    steps: list[Step] = draw(st.lists(GIVING | POOLS, max_size=5))
    if draw(st.integers(0, 3)):
        named = {part.to for step in steps if isinstance(step, Split) for part in step.among}
        named |= {step.to for step in steps if isinstance(step, Percent | Fixed)}
        steps += [Pool("g", By.EQUAL, to) for to in sorted(named) if to.startswith("group:")]
        steps += [EVERYBODY]
    steps += draw(st.lists(RECOVERS, max_size=2))
    return Rule(draw(st.sampled_from(Unit)), tuple(steps))


NUMBERS = [str(number) for number in range(1, 14)] + ["04", "A7"]
WORKERS = st.builds(Worker, st.sampled_from(NUMBERS), st.integers(0, 30), st.sampled_from(GROUPS))
TEAMS = st.lists(WORKERS, max_size=9, unique_by=lambda worker: worker.member)
POTS = st.integers(0, 500) | st.integers(0, 10**40)
COUNTS = st.fixed_dictionaries({per: st.integers(0, 3) for per in (Per.PIT, Per.SACK, Per.DAY)})


@st.composite
def teams(draw: st.DrawFn) -> tuple[list[Worker], list[Advance]]:
    team = draw(TEAMS)
    owing = st.builds(Advance, st.sampled_from([each.member for each in team] or [""]), AMOUNTS, st.sampled_from(Owing))
    return team, draw(st.lists(owing, max_size=6)) if team else []


MANY = settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


class Shared(NamedTuple):
    """A rule, a lot, and what became of it."""

    rule: Rule
    pot: int
    counts: dict[Per, int]
    team: list[Worker]
    advances: list[Advance]

    def result(self) -> Result:
        return share(*self)


@st.composite
def lots(draw: st.DrawFn) -> Shared:
    return Shared(draw(rules()), draw(POTS), draw(COUNTS), *draw(teams()))


def outcome(lot: Shared) -> Result | str:
    try:
        return lot.result()
    except Unshareable as refusal:
        return str(refusal)


def sound(lot: Shared, result: Result) -> None:
    """What is true of every lot that was shared."""
    assert sum(result.shares.values()) == lot.pot
    assert all(type(line.amount) is int and line.amount >= 0 and line.rest >= 0 for line in result.lines)
    assert not result.lines or result.lines[-1].rest == 0
    assert {f"member:{number}" for number in result.net} == {to for to in result.shares if to.startswith("member:")}
    owed = {worker.member: 0 for worker in lot.team}
    for advance in lot.advances:
        owed[advance.member] += advance.amount
    for number, net in result.net.items():
        assert 0 <= result.recovered[number] <= owed.get(number, 0)
        assert net == result.shares[f"member:{number}"] - result.recovered[number] >= 0


@MANY
@given(lots(), st.randoms(use_true_random=False))
def test_a_lot_is_shared_to_the_last_unit_or_refused_in_one_sentence(lot: Shared, chance: random.Random) -> None:
    result = outcome(lot)
    mixed = lot._replace(team=chance.sample(lot.team, len(lot.team)))
    mixed = mixed._replace(advances=chance.sample(lot.advances, len(lot.advances)))
    assert outcome(mixed) == result
    if isinstance(result, Result):
        sound(lot, result)
        again = mixed.result()
        assert [*again.shares] == [*result.shares]
    else:
        assert result
        assert result.isprintable()


@MANY
@given(rules(), COUNTS, TEAMS, st.integers(10**30, 10**31))
def test_a_rule_without_faults_shares_every_large_pot(
    rule: Rule, counts: dict[Per, int], team: list[Worker], pot: int
) -> None:
    if not faults_of(rule):
        all_there = [*team, *(Worker(f"B{group}", 1, group) for group in GROUPS)]
        sound(lot := Shared(rule, pot, counts, all_there, []), lot.result())


@MANY
@given(rules(), TEAMS, st.integers(0, 40))
def test_a_rule_without_faults_or_amounts_shares_every_pot(rule: Rule, team: list[Worker], pot: int) -> None:
    free = Rule(
        rule.unit, tuple(replace(step, amount=0) if isinstance(step, Cost | Fixed) else step for step in rule.steps)
    )
    if not faults_of(free):
        all_there = [*team, *(Worker(f"B{group}", 1, group) for group in GROUPS)]
        sound(lot := Shared(free, pot, dict.fromkeys(Per, 1), all_there, []), lot.result())


@MANY
@given(POTS, st.dictionaries(st.sampled_from(NUMBERS), st.integers(0, 30) | st.integers(0, 10**30), min_size=1))
def test_each_share_is_its_exact_quota_rounded_down_or_up(pot: int, weights: dict[str, int]) -> None:
    if not any(weights.values()):
        return
    team = [Worker(number, weight) for number, weight in weights.items()]
    shares = share(money(EVERYBODY), pot, {}, team, []).shares
    assert sum(shares.values()) == pot
    quotas = {number: Fraction(pot * weight, sum(weights.values())) for number, weight in weights.items()}
    rounded_up = {number for number in weights if shares[f"member:{number}"] > quotas[number]}
    for number, quota in quotas.items():
        assert shares[f"member:{number}"] in (quota.__floor__(), quota.__ceil__())
    for up in rounded_up:
        for other in weights.keys() - rounded_up:
            assert (-(quotas[up] % 1), by_number(up)) < (-(quotas[other] % 1), by_number(other)) or quotas[
                other
            ] % 1 == 0


@MANY
@given(st.integers(0, 10**9), st.integers(0, 10**9), RATES, st.integers(0, 10**9), st.sampled_from(Owing))
def test_a_recovery_is_the_least_of_its_three_bounds(pot: int, owed: int, most: int, floor: int, kind: Owing) -> None:
    rule = money(EVERYBODY, Recover("avance", kind, most, floor))
    result = share(rule, pot, {}, NINE[:1], [Advance("1", owed, kind)])
    assert result.recovered["1"] == min(owed, pot * most // 1_000_000, max(0, pot - floor))
