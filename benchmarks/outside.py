"""Presses over HTTP: servers played in turns by the client, and what each press cost the worker."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import median, quantiles
from uuid import uuid4

from benchmarks import servers
from benchmarks.client import Client, Played
from benchmarks.dialogs import DIALOGS, Dialog, Step, transcripts
from benchmarks.inside import PATH, form
from benchmarks.parts import Settings
from benchmarks.servers import Server

SESSIONS = 30
PACE = 0.7
ROUNDS_AT_LEAST = 3


class Wrong(RuntimeError):
    """A page did not say what it should, so the figures would be those of something else."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is measured: a server over an application; a bare one has no settings."""

    name: str
    server: str
    app: str
    settings: Settings = field(default_factory=dict)

    @property
    def bare(self) -> bool:
        """Whether it is what the others are compared with."""
        return not self.settings


@dataclass(slots=True)
class Found:
    """What was measured of one candidate: for each round the CPU and the seconds of a press, and the memory."""

    cpu: list[float] = field(default_factory=list)
    code_cpu: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    steps: dict[str, list[float]] = field(default_factory=dict)
    paced: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    presses: int = 0

    @property
    def a_second(self) -> float:
        """Presses a second, codes left out."""
        return 1 / median(self.seconds)

    def milliseconds(self, percent: int) -> float:
        """How long a press took at the pace, at a percentile."""
        return quantiles(self.paced, n=100)[percent - 1] * 1000


@dataclass(slots=True)
class _Bench:
    """One server, and the phones that call it."""

    candidate: Candidate
    server: Server
    client: Client
    phones: Iterator[str]
    found: Found = field(default_factory=Found)

    def round(self) -> None:
        """Play every dialog by many phones, all of them step by step; the CPU is read between two steps."""
        used = took = made = 0.0
        for step, played, cpu in self._phases(0.0):
            if step.code:
                self.found.code_cpu.append(cpu / len(played.presses))
                continue
            used, took, made = used + cpu, took + played.seconds, made + len(played.presses)
            self.found.steps.setdefault(step.name, []).append(cpu / len(played.presses))
        self.found.cpu.append(used / made)
        self.found.seconds.append(took / made)
        self.found.megabytes.append(self.server.megabytes())

    def pace(self) -> None:
        """Play them once more at 70 % of the throughput found: how long a press takes then."""
        for step, played, _cpu in self._phases(PACE * self.found.a_second):
            if not step.code:
                self.found.paced += played.presses

    def _phases(self, rate: float) -> Iterator[tuple[Step, Played, float]]:
        for dialog in DIALOGS:
            yield from self._dialog(dialog, rate)

    def _dialog(self, dialog: Dialog, rate: float) -> Iterator[tuple[Step, Played, float]]:
        calls = [(f"ATUid_{uuid4().hex}", phone) for phone in islice(self.phones, SESSIONS)]
        for step, text in transcripts(dialog):
            bodies = [form(session, phone, text).decode() for session, phone in calls]
            before = self.server.cpu()
            says = "" if self.candidate.bare else step.says
            played = self.client.play(self.server.port, PATH, bodies, says, 0.0 if step.code else rate)
            if played.wrong:
                raise Wrong(f"{self.candidate.name}, {step.name}: {played.wrong[0]}")
            self.found.presses += len(bodies)
            yield step, played, self.server.cpu() - before


def measured(
    candidates: Sequence[Candidate], client: Client, phones: Sequence[str], rounds: int, seconds: float
) -> Mapping[str, Found]:
    """Play the candidates in turns, fewer rounds where time runs out; the first round warms up and is thrown away."""
    until = time.monotonic() + seconds
    with ExitStack() as stack:
        benches = []
        for each in candidates:
            server = stack.enter_context(servers.serving(each.server, each.app, each.settings))
            benches.append(_Bench(each, server, client, cycle(phones)))
        for number in range(rounds + 1):
            if number > ROUNDS_AT_LEAST and time.monotonic() > until:
                break
            for bench in benches:
                bench.round()
                if number == 0:
                    bench.found = Found(megabytes=bench.found.megabytes)
        for bench in benches:
            bench.pace()
        return {bench.candidate.name: bench.found for bench in benches}
