"""Whole units: sharing a pot in proportion, to the last franc, by the method of largest remainders."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from models.sharing.values import Unshareable, whole

Key = TypeVar("Key", bound=Hashable)


def largest_remainder(pot: int, weights: Mapping[Key, int], order: Callable[[Key], Any]) -> dict[Key, int]:
    """Share a pot in whole units in proportion to weights; the shares add up to the pot.

    Each first gets the exact quota pot x weight / sum of weights, rounded down; the units left over go one by one to
    the largest remainders. Equal remainders are served by `order`, a sort key that must tell all keys apart; the
    answer is in that order too, so the order of `weights` changes nothing. Weight 0 gets 0. The method is not
    monotone: with weights 1, 3, 3 a pot of 3 gives 1, 1, 1 and a pot of 4 gives 0, 2, 2. So a corrected pot is paid as
    an adjustment, never shared again.

    Raises Unshareable for a pot or weight that is not a whole number from 0 on, and when no weight is above 0.
    """
    whole("the pot", pot)
    total = sum(whole("a weight", weight) for weight in weights.values())
    if total == 0:
        raise Unshareable("there is nobody to receive: no weight is above 0")
    shares: dict[Key, int] = {}
    remainders: dict[Key, int] = {}
    for key in sorted(weights, key=order):
        shares[key], remainders[key] = divmod(pot * weights[key], total)
    left_over = pot - sum(shares.values())
    for key in sorted(shares, key=lambda each: -remainders[each])[:left_over]:  # a stable sort: ties stay in order
        shares[key] += 1
    return shares


def by_number(member: str) -> tuple[bool, int, str, str]:
    """The public order of member numbers, as a sort key: "4" before "12" before "A7".

    Numbers in plain digits come first, by size, however long they are; "04" and "4" are two members, by their text.
    All other numbers follow, by their text.
    """
    if member.isascii() and member.isdigit():
        digits = member.lstrip("0")
        return False, len(digits), digits, member
    return True, 0, "", member
