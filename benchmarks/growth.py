"""The dues press as the ledger grows: the same press over a small and a large one, in turns."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import quantiles
from uuid import uuid4

from flask import Flask

from benchmarks import books, inside, parts
from benchmarks.parts import Parts

SMALL, LARGE = 10_000, 1_000_000
SESSIONS, PRESSES = 12, 12


@dataclass(slots=True)
class Press:
    """What the dues press took, each time: CPU of this process, and the time until the answer was there."""

    entries: int
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


def grown(started: Parts, kind: str) -> tuple[Press, Press]:
    """The dues press on a small and on a large ledger."""
    with ExitStack() as stack:
        sides = []
        for entries in (SMALL, LARGE):
            settings = started.settings(kind)
            phones = parts.filled(settings, entries // books.ENTRIES_EACH)
            sides.append((stack.enter_context(inside.running(settings)), phones, Press(entries)))
        for number in range(SESSIONS):
            looks = [_looks(app, phones[number], press) for app, phones, press in sides]
            for _both in zip(*looks, strict=True):  # press by press in turns: what else runs here slows both alike
                pass
        (_app, _phones, small), (_other, _others, large) = sides
        return small, large


def _looks(app: Flask, phone: str, press: Press) -> Iterator[None]:
    """Open the dues once with the code, then look at them again and again; the first looks warm up."""
    session, typed = f"ATUid_{uuid4().hex}", ["1", books.CODE]
    for length in range(len(typed) + 1):
        inside.press(app, session, phone, "*".join(typed[:length]))
    for _look in range(PRESSES):
        typed.append("00")
        inside.press(app, session, phone, "*".join(typed))
        typed.append("1")
        _timed(app, session, phone, typed, press)
        yield


def _timed(app: Flask, session: str, phone: str, typed: Sequence[str], press: Press) -> None:
    text = "*".join(typed)
    wall, cpu = time.perf_counter(), time.process_time()
    said = inside.press(app, session, phone, text)
    press.cpu.append(time.process_time() - cpu)
    press.wall.append(time.perf_counter() - wall)
    assert "Reste" in said, said


def ratios(small: Press, large: Press) -> tuple[float, float]:
    """How much dearer the press is on the large ledger: CPU, and the time until the answer.

    Of the faster quarter: a press that had to wait for another program says nothing of the ledger.
    """
    return quick(large.cpu) / quick(small.cpu), quick(large.wall) / quick(small.wall)


def quick(seconds: Sequence[float]) -> float:
    """The time that a quarter of the presses stayed below."""
    return quantiles(seconds, n=4)[0]
