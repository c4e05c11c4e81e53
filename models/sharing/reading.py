"""Reading a rule, or a rule and a lot, from JSON: exactly the keys, words and whole numbers that are known."""

from models.sharing.documents import a_dict, a_list, an_object, loaded, record, records
from models.sharing.lots import Advance, Sharing, Worker
from models.sharing.rules import REST, STEPS, By, Part, Per, Pool, Recover, Rule, Step, Unit
from models.sharing.values import Unshareable, said, whole, word


def read(document: bytes) -> Sharing:
    """A rule and a lot from JSON in UTF-8, as `sharing preview` takes them. Raises Unshareable, naming the place.

    What the rule does not ask for may be left out: counts, a team, advances when nothing is recovered, weights when
    every pool is equal, and groups when none is pooled.
    """
    found = an_object("the document", loaded(document), ("rule", "pot"), ("counts", "team", "advances"))
    rule = rule_of(found["rule"])
    if "advances" not in found and any(isinstance(step, Recover) for step in rule.steps):
        raise Unshareable("advances is missing, and the rule recovers: write [] when there are none")
    pot = whole("pot", found["pot"])
    counts = an_object("counts", found.get("counts", {}), (), tuple(per for per in Per if per != Per.LOT))
    team = records("team", found.get("team", []), Worker, _unasked(rule))
    cards: dict[str, str] = {}
    for each in team:  # a file was typed: 4 and 04 are one card there
        first = cards.setdefault(each.member.lstrip("0"), each.member)
        if first != each.member:
            raise Unshareable(f"team: {said(first)} and {said(each.member)} are the same number: write it in one way")
    advances = records("advances", found.get("advances", []), Advance)
    return Sharing(rule, pot, {Per(per): count for per, count in counts.items()}, team, advances)


def _unasked(rule: Rule) -> dict[str, object]:
    """What a worker may come without: a weight or a group that no pool looks at."""
    pools = [step for step in rule.steps if isinstance(step, Pool)]
    weighed = any(pool.by != By.EQUAL for pool in pools)
    grouped = any(pool.of != REST for pool in pools)
    return ({} if weighed else {"weight": 0}) | ({} if grouped else {"group": ""})


def rule_of(found: object) -> Rule:
    """A rule from the object {"unit", "steps"}. Raises Unshareable, naming the step."""
    rule = an_object("rule", found, ("unit", "steps"))
    unit = word("unit", rule["unit"], Unit)
    return Rule(unit, tuple(_step(f"step {n}", each) for n, each in enumerate(a_list("steps", rule["steps"]), start=1)))


def _step(place: str, found: object) -> Step:
    """A step: its kind says which keys it has, and they are the fields of the kind's class."""
    step = {**a_dict(place, found)}
    kinds = {each.step: each for each in STEPS}
    called = step.pop("step", None)
    if not isinstance(called, str) or called not in kinds:
        raise Unshareable(f"{place}: step must be {', '.join(kinds)}, not {said(called)}")
    if "among" in step and called == "split":
        step["among"] = records(f"{place}: among", step["among"], Part)
    return record(place, step, kinds[called])
