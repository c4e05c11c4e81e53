"""What a broadcast would be, before it is sent: how many people, how many SMS, what that costs, and how it reads."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from flows import i18n, notices
from models import broadcasts, gsm, prices
from models.broadcasts import Draft
from models.prices import Prices


@dataclass(frozen=True, slots=True)
class Sample:
    """How it reads in a language: for how many phones, of how many SMS, in which words."""

    phones: int
    parts: int
    text: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many phones, SMS parts and what they cost, in whole units of money; None where no price is known."""

    phones: int
    parts: int
    cost: int | None
    samples: Mapping[str, Sample]


def weighed(draft: Draft, service_code: str, known: Prices) -> Draft:
    """A draft that knows of how many SMS it is in each language, and what these cost."""
    found = {language: gsm.segments(_plain(draft, language, service_code)) for language in i18n.languages()}
    return replace(draft, parts=found, prices=known)


def _plain(draft: Draft, language: str, service_code: str) -> str:
    text, said_in = notices.say(draft.kind, draft.facts, language, service_code)
    return gsm.to_gsm7(text, said_in).text


def estimate(db: Connection, draft: Draft, service_code: str, known: Prices) -> Estimate:
    """What a draft would be, by the prices that are known."""
    people: Counter[str] = Counter()
    dear: list[tuple[str, str]] = []
    for chunk in broadcasts.reached(db, draft):
        people.update(language for _phone, language, _zone in chunk)
        dear += [(phone, language) for phone, language, _zone in chunk]
    samples = {}
    for language, phones in sorted(people.items()):
        plain = _plain(draft, language, service_code)
        samples[language] = Sample(phones, gsm.segments(plain), plain)
    parts = sum(each.phones * each.parts for each in samples.values())
    costs = prices.cost(dear, lambda language: samples[language].parts, known)
    return Estimate(people.total(), parts, prices.whole(costs), samples)
