"""The proof of the books, with what was kept of them outside the database: for the command and for the night."""

from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import Engine

from models import chain, proof
from models.proving.chains import Progress
from models.proving.faults import Fault
from models.proving.outside import Outside
from ussd_app import heads
from ussd_app.db import snapshot


@dataclass(frozen=True, slots=True)
class Proven:
    """What the proof found: faults, and what is worth a word but no fault."""

    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]


def prove(made: Engine, progress: Progress = proof.silent, whole: bool = False) -> Proven:
    """Prove the books: the first fault of all, or, when they are read as a `whole`, the first of each cooperative.

    When all is well, the ends of chains that were not kept outside yet (of a database that was moved here) are kept.
    """
    path = heads.file(made)
    # Measured before the books are looked at: what is kept by now, they hold.
    outside = Outside(heads.lines(path, heads.size(path)) if path else ())
    first: dict[int | None, Fault] = {}
    with snapshot(made) as db, closing(proof.faults(db, outside if path else None, progress)) as faults:
        for fault in faults:
            first.setdefault(fault.cooperative_id, fault)
            if not whole:
                break
        ends = chain.heads(db)
    if not first:
        heads.keep(made, {each: end for each, end in ends.items() if outside.highest.get(each, 0) < end.entries})
    return Proven(tuple(first.values()), tuple(outside.warnings))
