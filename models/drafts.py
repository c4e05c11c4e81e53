"""Drafts: a broadcast to be, before it is planned."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.audiences import Audience
from models.messages import Urgency


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast to be: whose, to whom, what (a kind of notice and its facts), how urgent, and from when on.

    It `corrects` broadcasts, the newest first: then it is for who got any of these, or may have.
    After `not_after` it would come too late, and what has not left by then expires. `parts` is how many SMS one message
    is, by language; one where it is not said. `prices` are of one part, by the first digits of a number (see
    `models.prices`). What members have a right to is `owed`: it knows no limit, and goes also to who stopped notices.
    What `calls_off` a meeting knows no limit either: nobody sets out for what is off because the month is spent.
    """

    cooperative_id: int
    audience: Audience
    kind: str
    facts: Mapping[str, Any]
    urgency: Urgency
    not_before: datetime
    author_id: int | None = None
    corrects: tuple[int, ...] = ()
    not_after: datetime | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    prices: Mapping[str, float] = field(default_factory=dict)
    owed: bool = False
    calls_off: bool = False

    @property
    def free(self) -> bool:
        """Whether it goes out whatever was spent this month."""
        return self.owed or self.calls_off


# How many SMS a draft is in each language is known where its words are, and what they cost, from the settings.
Weigh = Callable[[Draft], Draft]


def unweighed(draft: Draft) -> Draft:
    """A draft as it is: one SMS in every language."""
    return draft
