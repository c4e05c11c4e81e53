"""The parts of a call, by subscribed shares and to the last franc. Pure: no database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.sharing import Line, Unshareable, by_number, largest_remainder
from models.sharing.values import whole


@dataclass(frozen=True, slots=True)
class Part:
    """What one affiliate, by its code, has to pay of a call: its shares, and the line that says it."""

    affiliate: str
    shares: int
    line: Line


def parts(amount: int, shares: Mapping[str, int]) -> tuple[Part, ...]:
    """Split a call over affiliates in proportion to their subscribed shares; the parts add up to the call.

    Largest remainder; ties go by the affiliates' codes ("4" before "12" before "A7"), which are public and stay. Raises
    Unshareable when there is nothing to call, or nobody has shares.
    """
    if whole("the amount", amount) == 0:
        raise Unshareable("the amount must be above 0: there is nothing to call")
    rest, found = amount, []
    for code, part in largest_remainder(amount, shares, by_number).items():
        rest -= part
        found.append(Part(code, shares[code], Line("split", "audit_fund", f"org:{code}", part, rest, 1)))
    return tuple(found)
