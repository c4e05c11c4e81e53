"""What SMS cost: prices of one part, by the first digits of a number; `*` is every other number. In whole money."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from math import ceil

Prices = Mapping[str, float]


def _of(number: str, prices: Prices) -> float | None:
    fitting = [each for each in prices if number.startswith(each)]
    return prices.get(max(fitting, key=len, default="*"))


def cost(people: Iterable[tuple[str, str]], parts: Callable[[str], int], prices: Prices) -> float | None:
    """What it costs to write to phones, each in its language, `parts` SMS long; None where a price is not known.

    Many numbers begin alike, so a price is looked up once for each beginning.
    """
    digits = max(map(len, prices), default=0)
    return total(Counter((phone[:digits], language) for phone, language in people), parts, prices)


def total(alike: Mapping[tuple[str, str], int], parts: Callable[[str], int], prices: Prices) -> float | None:
    """The same, where it is counted already how many phones have the same first digits and language."""
    found = 0.0
    for (begins, language), count in alike.items():
        price = _of(begins, prices)
        if price is None:
            return None
        found += price * parts(language) * count
    return found


def added(one: float | None, other: float | None) -> float | None:
    """Two costs together; None where one is not known."""
    return None if one is None or other is None else one + other


def whole(cost: float | None) -> int | None:
    """A cost in whole money, never less than it is."""
    return None if cost is None else ceil(round(cost, 6))
