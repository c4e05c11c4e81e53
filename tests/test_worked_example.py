"""The worked examples of a lot and of the audit fund: to the franc in any order, and on the phone in both languages."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import gsm
from models.audit_fund import parts
from models.sharing import Advance, By, Cost, Of, Owing, Part, Percent, Pool, Recover, Result, Rule, Split, Unit, Worker
from models.sharing import share as shared

POT, AWA = 2_941_200, "3"
COSTS = (Cost("Carburant", 180_000), Cost("Moulin", 65_000), Cost("Nourriture", 96_200))
STEPS = (
    Percent("Villages", "fund:villages", 50_000, Of.NET),
    Percent("Coop", "org:coop", 100_000, Of.NET),
    Split("Puits et équipe", (Part("financier:puits", 1), Part("rest", 2))),
    Pool("Équipe", By.DAYS, "rest"),
    Recover("Avance", Owing.EQUIPMENT, 300_000, 0),
)
TEAM = [Worker(str(number), days) for number, days in enumerate((12, 12, 11, 10, 12, 6, 9, 10, 8), start=1)]
SHARES = [196_445, 196_444, 180_074, 163_704, 196_444, 98_222, 147_333, 163_704, 130_963]
ADVANCES = [Advance(AWA, 40_000, Owing.EQUIPMENT), Advance(AWA, 20_000, Owing.EQUIPMENT)]
SUBSCRIBED = {"Yanfolila": 120, "Sadiola": 75, "Bougouni": 61, "Kangaba": 44}
CALLED = {"Yanfolila": 600_000, "Sadiola": 375_000, "Bougouni": 305_000, "Kangaba": 220_000}
LANGUAGES = {"fr": "Calcul", "en": "Calculation"}
SCREENS = Path(__file__).parent / "transcripts"
FIGURE = re.compile(r"\b\d{1,3}(?: \d{3})* F\b")


def example(costs: list[Cost], team: list[Worker], advances: list[Advance]) -> Result:
    return shared(Rule(Unit.MONEY, (*costs, *STEPS)), POT, {}, team, advances)


@settings(max_examples=300, deadline=None)
@given(st.permutations(COSTS), st.permutations(TEAM), st.permutations(ADVANCES))
def test_a_lot_comes_out_to_the_franc_in_any_order(
    costs: list[Cost], team: list[Worker], advances: list[Advance]
) -> None:
    result = example(costs, team, advances)
    assert [result.shares[f"member:{number}"] for number in range(1, 10)] == SHARES
    assert (sum(SHARES), sum(result.shares.values())) == (1_473_333, POT)
    assert (result.recovered[AWA], result.net[AWA]) == (54_022, 126_052)


@given(st.permutations([*SUBSCRIBED.items()]))
def test_the_audit_fund_comes_out_to_the_franc_in_any_order(affiliates: list[tuple[str, int]]) -> None:
    assert {each.affiliate: each.line.amount for each in parts(1_500_000, dict(affiliates))} == CALLED


def pages(language: str) -> list[str]:
    """The pages of the calculation as a member reads them, first look at each."""
    said = (SCREENS / f"calculation_{language}.txt").read_text(encoding="utf-8")
    found = re.findall(rf"^CON {LANGUAGES[language]} \d+/10\n(?:(?!>).*\n)*", said, re.MULTILINE)
    return [*dict.fromkeys(found)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_read_in_the_order_of_the_rule(language: str) -> None:
    """The transcripts are played by a test of their own: what they say is what is said."""
    result, told = example([*COSTS], TEAM, ADVANCES), pages(language)
    mine = [line for line in result.lines if not line.to.startswith("member:") or line.to == f"member:{AWA}"]
    given_ = [line.amount for line in mine if line.step in ("cost", "pct", "split")]
    own = [line.amount for line in mine if line.to == f"member:{AWA}"]
    left = [line.rest for line in mine if line.step in ("cost", "pct")]
    assert [each.split()[2] for each in told] == [f"{number}/10" for number in range(1, 11)]
    read = [[int(figure[:-2].replace(" ", "")) for figure in FIGURE.findall(page)] for page in told]
    assert read[0][-1] == POT
    for page, amount, rest in zip(read[1:3], given_[:2], left[:2], strict=True):
        assert page == [amount, rest]
    assert read[3] == [given_[2], sum(given_[:3]), left[2]]
    assert read[4:6] == [[given_[3], left[3]], [given_[4], left[4]]]
    assert read[6] == given_[5:]
    assert [read[7][0], read[7][1]] == [result.lines[6].rest, own[0]]
    assert read[8] == [60_000, own[1], result.net[AWA], 60_000 - own[1]]
    assert all(after <= before for before, after in pairwise(left))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_it_fits(language: str) -> None:
    said = (SCREENS / f"calculation_{language}.txt").read_text(encoding="utf-8")
    pages_ = re.findall(r"^(?:CON|END) (?:(?!>|=|phone|#).*\n)+", said, re.MULTILINE)
    assert len(pages_) > 20
    drawn = {"{dossier}": "482915", "{code}": "3071"}  # as long as what they stand for
    shown = [re.sub(r"{\w+}", lambda found: drawn.get(found[0], found[0]), page.rstrip("\n")) for page in pages_]
    assert max(gsm.septets(page) for page in shown) <= 160
