"""`flask sharing preview`: JSON in, JSON out; or one sentence on standard error and nothing on standard output."""

import json
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from ussd_app import commands
from ussd_app.config import ROOT

DAYS = (12, 12, 11, 10, 12, 6, 9, 10, 8)
COST = {"step": "cost", "label": "Frais", "amount": 341_200}
VILLAGES = {"step": "pct", "label": "Villages", "to": "fund:villages", "rate_ppm": 50_000, "of": "net"}
COOP = {"step": "pct", "label": "Coop", "to": "org:coop", "rate_ppm": 100_000, "of": "net"}
GIVEN_TO_TEAM = [{"to": "financier:puits", "weight": 1}, {"to": "group:équipe", "weight": 2}]
TEAM = [{"member": str(number), "weight": days, "group": "équipe"} for number, days in enumerate(DAYS, start=1)]
LOT: dict[str, Any] = {
    "rule": {
        "unit": "money",
        "steps": [
            COST,
            VILLAGES,
            COOP,
            {"step": "split", "label": "Tiers", "among": GIVEN_TO_TEAM},
            {"step": "pool", "label": "Équipe", "by": "days", "of": "group:équipe"},
            {"step": "recover", "label": "Avance", "kind": "equipment", "max_ppm": 300_000, "floor": 0},
        ],
    },
    "pot": 2_941_200,
    "counts": {"pit": 1, "sack": 0, "day": 0},
    "team": TEAM,
    "advances": [
        {"member": "3", "amount": 20_000, "kind": "equipment"},
        {"member": "3", "amount": 40_000, "kind": "equipment"},
        {"member": "3", "amount": 1_000, "kind": "delivery_advance"},
    ],
}


def preview(document: str | bytes, file: str = "-") -> Result:
    app = Flask(__name__)
    commands.register(app)
    return app.test_cli_runner().invoke(args=["sharing", "preview", file], input=document)


def refusal(document: str | bytes, file: str = "-") -> str:
    """The sentence of a refusal."""
    result = preview(document, file)
    assert (result.exit_code, result.stdout) == (1, "")
    sentence = result.stderr.removesuffix("\n")
    assert sentence
    assert sentence.isprintable()
    return sentence


def changed(path: str, value: object) -> dict[str, Any]:
    """The lot with one thing put at a path such as rule/steps/0/amount; an Ellipsis takes it away."""
    lot = deepcopy(LOT)
    *above, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    place: Any = lot
    for part in above:
        place = place[part]
    if value is ...:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return lot


def test_the_worked_example() -> None:
    result = preview(json.dumps(LOT))
    assert (result.exit_code, result.stderr) == (0, "")
    shown = json.loads(result.stdout)
    assert list(shown) == ["lines", "shares", "recovered", "net"]
    assert [list(line) for line in shown["lines"]] == [["step", "label", "to", "amount", "rest"]] * len(shown["lines"])
    assert list(shown["lines"][0].values()) == ["cost", "Frais", "cost:Frais", 341_200, 2_600_000]
    shares = [196445, 196444, 180074, 163704, 196444, 98222, 147333, 163704, 130963]
    others = {"cost:Frais": 341_200, "fund:villages": 130_000, "org:coop": 260_000, "financier:puits": 736_667}
    assert shown["shares"] == {**others, **{f"member:{n}": share for n, share in enumerate(shares, start=1)}}
    assert {number: amount for number, amount in shown["recovered"].items() if amount} == {"3": 54_022}
    assert shown["net"] == {str(n): share - (54_022 if n == 3 else 0) for n, share in enumerate(shares, start=1)}


def test_the_order_of_team_and_advances_changes_nothing() -> None:
    mixed = {**LOT, "team": TEAM[::-1], "advances": LOT["advances"][::-1]}
    assert preview(json.dumps(mixed)).stdout == preview(json.dumps(LOT)).stdout


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "lot.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(LOT, ensure_ascii=False).encode())
    environ = {**os.environ, "APP_MODE": "test", "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "sharing", "preview"]
    ran = [
        subprocess.run([*command, file], env=environ, cwd=ROOT, capture_output=True, text=True, check=False, input="{}")
        for file in (str(tmp_path / "lot.json"), "-", str(tmp_path / "nowhere.json"))
    ]
    assert [(each.returncode, bool(each.stdout), each.stderr.count("\n")) for each in ran] == [
        *((0, True, 0), (1, False, 1), (1, False, 1))
    ]
    assert json.loads(ran[0].stdout)["net"]["3"] == 126_052


def test_what_the_rule_does_not_ask_for_may_be_left_out() -> None:
    halves = [{"to": "financier:puits", "weight": 1}, {"to": "landowner:Ba", "weight": 1}]
    rule = {"unit": "sacks", "steps": [{"step": "split", "label": "moitié", "among": halves}]}
    shown = json.loads(preview(json.dumps({"rule": rule, "pot": 10**300})).stdout)
    assert shown["shares"] == {"financier:puits": 5 * 10**299, "landowner:Ba": 5 * 10**299}
    rule = {"unit": "money", "steps": [{"step": "pool", "label": "tous", "by": "equal", "of": "rest"}]}
    document = {"rule": rule, "pot": 5, "team": [{"member": "12"}, {"member": "4"}]}
    assert json.loads(preview(json.dumps(document)).stdout)["net"] == {"4": 3, "12": 2}


NOT_WHOLE = [True, 1.0, 1.5, "1", None, -1, [], {}, [[1]]]
NUMBERS = [
    *("pot", "counts/pit", "counts/sack", "rule/steps/0/amount", "rule/steps/1/rate_ppm"),
    *("rule/steps/3/among/0/weight", "rule/steps/5/max_ppm", "rule/steps/5/floor"),
    *("team/0/weight", "advances/0/amount"),
]


@pytest.mark.parametrize("value", NOT_WHOLE, ids=repr)
@pytest.mark.parametrize("path", NUMBERS)
def test_a_number_that_is_not_whole_is_refused(path: str, value: object) -> None:
    assert "whole number, 0 or more" in refusal(json.dumps(changed(path, value)))


def keys(value: object, path: str = "") -> list[str]:
    """Every path to a key of an object."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [each for key, below in inner for each in keys(below, f"{path}/{key}".lstrip("/"))]
    return found + [f"{path}/{key}".lstrip("/") for key in value] if isinstance(value, dict) else found


OPTIONAL = {"counts", "counts/pit", "counts/sack", "counts/day"}


@pytest.mark.parametrize("path", [each for each in keys({**LOT, "team": TEAM[:1]}) if each not in OPTIONAL])
def test_a_missing_key_is_refused(path: str) -> None:
    refusal(json.dumps(changed(path, ...)))


@pytest.mark.parametrize("path", keys(LOT))
def test_a_value_of_another_kind_is_refused(path: str) -> None:
    for value in (None, 0.5, False):
        refusal(json.dumps(changed(path, value)))


STEP = {
    "pit": {"step": "fixed", "label": "Terre", "to": "landowner:Ba", "amount": 50_000, "per": "pit"},
    "rest": {"step": "pool", "label": "Tous", "by": "days", "of": "rest"},
    "other": {"step": "pool", "label": "Laveuses", "by": "bowls", "of": "group:laveuses"},
}
OFFICES = [
    *("member:president", "org:tresorier", "org:Trésorière", "fund:le président", "member:SECRETARY-GENERAL"),
    *("office:president", "treasurer", "group:vice-président", "org:conseil d’administration", "member:team_leader"),
    *("org:Comité de gestion", "financier:bureau", "member:chairwoman", "member:gender_president", "org:secrétaires"),
]
REFUSED = [
    ("amount must be a whole number", changed("rule/steps/0/amount", -5)),
    ("only", changed("rule/steps/0/amount", 2_941_201)),
    ("at most 1000000", changed("rule/steps/1/rate_ppm", 1_000_001)),
    ("at most 1000000", changed("rule/steps/5/max_ppm", 1_000_001)),
    ("step must be", changed("rule/steps/0/step", "gift")),
    ("of must be", changed("rule/steps/1/of", "pot")),
    ("by must be", changed("rule/steps/4/by", "hours")),
    ('of must be "rest" or group:NAME', changed("rule/steps/4/of", "member:4")),
    ("of must be", changed("rule/steps/4/of", "gross")),
    ("unit must be", changed("rule/unit", "francs")),
    ("kind must be", changed("rule/steps/5/kind", "loan")),
    ("kind must be", changed("advances/0/kind", "loan")),
    ("step 1: 'note' is not known", changed("rule/steps/0/note", "x")),
    ("'lot' is not known", changed("counts/lot", 1)),
    ("'name' is not known", changed("team/0/name", "Awa")),
    ("'mine' is not known", changed("mine", 1)),
    ("must be KIND:NAME", changed("rule/steps/1/to", "villages")),
    ("the kind of to", changed("rule/steps/1/to", "cost:Frais")),
    ("the kind of to", changed("rule/steps/1/to", "village:Kéniéba")),
    ("the name in to", changed("rule/steps/1/to", "fund:")),
    ("must be KIND:NAME", changed("rule/steps/1/to", "rest")),
    ("label must be a name", changed("rule/steps/1/label", "")),
    ("label must be a name", changed("rule/steps/1/label", "a\nb")),
    ("label must be a name", changed("rule/steps/1/label", "\ud800")),
    ("among must hold a weight", changed("rule/steps/3/among", [])),
    ("among must hold a weight", changed("rule/steps/3/among", [{"to": "org:coop", "weight": 0}])),
    ("only once", changed("rule/steps/3/among", [{"to": "rest", "weight": 1}] * 2)),
    ("nobody receives the pot", changed("rule/steps", [])),
    ("nobody receives the pot", changed("rule/steps", [{**COST, "amount": 2_941_200}])),
    ("nobody receives the 1473333 of 'group:équipe'", changed("rule/steps", LOT["rule"]["steps"][:4])),
    ("was given nothing", changed("rule/steps/4", STEP["other"])),
    ("nothing to recover from", changed("rule/steps/0", LOT["rule"]["steps"][5])),
    ("a rest of 2210000 is left over", changed("rule/steps", LOT["rule"]["steps"][:3])),
    ("nobody to receive", changed("team", []) | {"advances": []}),
    ("nobody to receive", changed("team", [{**each, "weight": 0} for each in TEAM])),
    ("nobody to receive", changed("team", [{**each, "group": ""} for each in TEAM])),
    (
        "nobody to receive",
        changed("rule/steps", [STEP["rest"], LOT["rule"]["steps"][5]]) | {"team": [], "advances": []},
    ),
    ("twice", changed("team/9", TEAM[0])),
    ("not in the team", changed("advances/3", {"member": "10", "amount": 0, "kind": "equipment"})),
    ("count of pit is missing", changed("rule/steps/0", STEP["pit"]) | {"counts": {}}),
    ("office", changed("team/0/member", "Présidente")),
    *(("office", changed("rule/steps/1/to", office)) for office in OFFICES),
    ("office", changed("rule/steps/3/among/0/to", "financier:président")),
]


@pytest.mark.parametrize(("why", "lot"), REFUSED, ids=[f"{n} {why}" for n, (why, _) in enumerate(REFUSED)])
def test_what_cannot_be_shared_is_refused(why: str, lot: dict[str, Any]) -> None:
    assert why in refusal(json.dumps(lot))


@pytest.mark.parametrize(
    "to",
    [
        *("member:4", "financier:bureau d'achat", "fund:audit"),
        *("collectivite:Office des mines", "landowner:chef de terre", "financier:chef de chantier"),
        *("fund:comité villageois", "collectivite:trésor public", "buyer:comptoir"),
    ],
)
def test_who_is_no_office_is_taken(to: str) -> None:
    assert preview(json.dumps(changed("rule/steps/1/to", to))).exit_code == 0


TEXT = json.dumps(LOT)


@pytest.mark.parametrize(
    "document",
    [
        *("", "{", "[]", "null", "3", '"lot"', "[" * 100_000, '{"a":' * 100_000, TEXT + "x", TEXT[:-1]),
        *(TEXT.replace("2941200", each) for each in ("NaN", "Infinity", "-Infinity", "1e9", "2941200.0", "+1", "01")),
        TEXT.replace('"pot": 2941200', '"pot": 2941200, "pot": 2941200'),
        TEXT.replace('"to": "org:coop"', '"to": "org:coop", "to": "org:other"'),
        TEXT.replace("2941200", "9" * 5_000),
        TEXT.encode("utf-16"),
        b"\xff\xfe",
        json.dumps(LOT, ensure_ascii=False).encode("latin-1"),
    ],
    ids=lambda document: repr(document[:20]),
)
def test_bad_json_is_refused(document: str | bytes) -> None:
    refusal(document)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal("", str(tmp_path / "nowhere.json"))
    assert "cannot be read" in refusal("", str(tmp_path))
