"""The ends of the chains as they are kept outside the database: one signed line each time a chain moved.

Of the cases a line is kept each hour, whether one moved or not, and what it says is a keyed digest: the file tells
nobody when somebody complained.

Who cuts off the end of a chain, or seals the past anew with the very key, contradicts what was kept.
"""

import json
from dataclasses import dataclass

from models import vault
from models.chain import Head


@dataclass(frozen=True, slots=True)
class Kept:
    """The end of a cooperative's chain at a moment (ISO 8601)."""

    at: str
    cooperative_id: int
    head: Head


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the chain of the cases stood at a moment (ISO 8601), as a keyed digest."""

    at: str
    digest: str

    @property
    def line(self) -> str:
        """The line to keep, with its end."""
        return json.dumps({"at": self.at, "cases": self.digest}, separators=(",", ":")) + "\n"


class Torn(ValueError):
    """A line that was begun and never finished, as when the power fails."""


class Forged(ValueError):
    """A line that this service did not write."""


def _signature(kept: Kept) -> str:
    facts = [kept.at, kept.cooperative_id, kept.head.entries, kept.head.seal]
    return vault.digest("ledger head", json.dumps(facts, separators=(",", ":")))


def line(kept: Kept) -> str:
    """The line to keep, with its end."""
    facts = {"at": kept.at, "cooperative": kept.cooperative_id, "entries": kept.head.entries, "head": kept.head.seal}
    return json.dumps(facts | {"signature": _signature(kept)}, separators=(",", ":")) + "\n"


def read(text: str) -> Kept | Mark:
    """What a line says. Raises Torn, and Forged when the signature is not ours."""
    if not text.endswith("}\n"):
        raise Torn
    try:
        said = json.loads(text)
        if said.keys() == {"at", "cases"}:
            return Mark(str(said["at"]), str(said["cases"]))  # one that is not ours is found nowhere in the chain
        kept = Kept(str(said["at"]), int(said["cooperative"]), Head(int(said["entries"]), str(said["head"])))
        signed = vault.same(str(said["signature"]), _signature(kept))
    except (AttributeError, LookupError, TypeError, ValueError):
        raise Forged from None
    if not signed:
        raise Forged
    return kept
