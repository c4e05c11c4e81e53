"""Which gateways a message may go through, in order: by cooperative, by the first digits of a number, or by default."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

Chain = tuple[str, ...]
Rates = Mapping[str, float]
ANYBODY = "*"
_RULE = re.compile(r"\s*(\*|\+[1-9][0-9]{0,14}|[\w.-]+)\s*:\s*([a-z]+(?:\s*>\s*[a-z]+)*)\s*")


def rates(text: str) -> Rates:
    """How many messages a second gateways take, from words such as `one: 20; two: 0.5`. Raises ValueError."""
    found: dict[str, float] = {}
    for each in filter(str.strip, text.split(";")):
        rate = re.fullmatch(r"\s*([a-z]+)\s*:\s*([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*", each)
        if rate is None or float(rate[2]) == 0 or rate[1] in found:
            raise ValueError(f"write {each.strip()!r} like one: 20, once, with ; between gateways")
        found[rate[1]] = float(rate[2])
    return found


def prices(text: str) -> Mapping[str, float]:
    """What one SMS part costs, from words such as `+223: 15; *: 20`, in the cooperative's money. Raises ValueError."""
    found: dict[str, float] = {}
    for each in filter(str.strip, text.split(";")):
        price = re.fullmatch(r"\s*(\*|\+[1-9][0-9]{0,14})\s*:\s*([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*", each)
        if price is None or price[1] in found:
            raise ValueError(f"write {each.strip()!r} like +223: 15, once, with ; between countries")
        found[price[1]] = float(price[2])
    return found


@dataclass(frozen=True, slots=True)
class Routes:
    """Chains of gateways: the first is used, the next ones take over while those before them are down."""

    default: Chain
    prefixes: Mapping[str, Chain]
    cooperatives: Mapping[str, Chain]

    @classmethod
    def read(cls, text: str, gateway: str) -> "Routes":
        """Read rules such as `KOG: one; +225: two > one; *: one > two`.

        `gateway` is for whoever no rule names. Raises ValueError with words that say which rule is wrong.
        """
        rules: dict[str, Chain] = {}
        for each in filter(str.strip, text.split(";")):
            rule = _RULE.fullmatch(each)
            if rule is None:
                raise ValueError(f"write {each.strip()!r} like +223: one > two, with ; between rules")
            whom, chain = rule[1], tuple(name.strip() for name in rule[2].split(">"))
            if whom in rules or len(set(chain)) < len(chain):
                raise ValueError(f"{each.strip()!r} says something twice")
            rules[whom] = chain
        default = rules.pop(ANYBODY, (gateway,))
        prefixes = {whom: chain for whom, chain in rules.items() if whom.startswith("+")}
        cooperatives = {whom: chain for whom, chain in rules.items() if not whom.startswith("+")}
        return cls(default, prefixes, cooperatives)

    @property
    def names(self) -> set[str]:
        """Every gateway that some message may go through."""
        return {
            name for chain in (self.default, *self.prefixes.values(), *self.cooperatives.values()) for name in chain
        }

    def chain(self, number: str, cooperatives: Collection[str] = ()) -> Chain:
        """The gateways for a number: a rule for a cooperative of its holder comes first, then the longest prefix."""
        for code, chain in self.cooperatives.items():
            if code in cooperatives:
                return chain
        fitting = [prefix for prefix in self.prefixes if number.startswith(prefix)]
        return self.prefixes[max(fitting, key=len)] if fitting else self.default
