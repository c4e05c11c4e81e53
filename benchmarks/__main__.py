"""Measure everything, print it in plain tables, and fail on a jump of what does not depend on the machine."""

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import mean, median

from benchmarks import bare, client, growth, inside, messages, outside, parts, servers, texts
from benchmarks.inside import Counts
from benchmarks.outside import Candidate, Found
from benchmarks.parts import KINDS, POSTGRESQL, SQLITE, Parts, Settings

# Calls of Python functions a press, over those of the bare view. A run fails when it is 15 % above.
CALLS_AT_MOST = {SQLITE: 1.06, POSTGRESQL: 1.09}
JUMP = 1.15
SCREEN_STATEMENTS, ACTION_STATEMENTS = 4, 7
CPU_WANTED = {SQLITE: 1.8, POSTGRESQL: 2.0}
GROWTH_WANTED = 1.1
PLANNED_WANTED, MEMORY_WANTED, SENT_WANTED, REPORTS_WANTED = 20_000, 1.1, 5_000, 0.6
ROUNDS, SECONDS = 6, 110
WIDTH = 36
BARE = "bare Flask"

Data = Mapping[str, tuple[Settings, Sequence[str]]]


def say(line: str = "") -> None:
    """Print a line now, so that a long run is seen to go on."""
    print(line, flush=True)


def candidates(data: Data) -> list[Candidate]:
    """What is played: everything under gunicorn's sync worker, and the dearer half under the others."""
    flask, ours = "benchmarks.bare:app", "wsgi:app"
    played = [Candidate(BARE, servers.SYNC, flask)]
    played += [Candidate(kind, servers.SYNC, ours, data[kind][0]) for kind in KINDS]
    for server in (servers.THREADS, servers.GRANIAN):
        played.append(Candidate(f"{BARE}, {server}", server, flask))
        played.append(Candidate(f"{POSTGRESQL}, {server}", server, ours, data[POSTGRESQL][0]))
    return played


def presses(data: Data) -> None:
    """The cost of a press beside the bare view, page by page, and the memory of the workers."""
    with client.client() as gateway:
        found = outside.measured(candidates(data), gateway, data[SQLITE][1], ROUNDS, SECONDS)
    rounds = len(found[BARE].cpu)
    say(f"A press: one worker ({servers.SYNC} where no server is named), a connection a press, two presses at a time;")
    say(f"medians of {rounds} rounds in turns")
    _press_table(found)
    _step_table({name: found[name] for name in (BARE, *KINDS)})
    _memory(found)


def _press_table(found: Mapping[str, Found]) -> None:
    heads = {"CPU ms": 8, "ratio": 7, "wanted": 8, "presses/s": 11, "p50 ms": 8, "p99 ms": 8, "code ms": 9}
    say(" " * WIDTH + "".join(head.rjust(width) for head, width in heads.items()))
    for name, each in found.items():
        ratio = median(own / other for own, other in zip(each.cpu, found[BARE].cpu, strict=True))
        cells = (
            f"{median(each.cpu) * 1000:.2f}",
            f"{ratio:.2f}",
            str(CPU_WANTED.get(name, "")),
            f"{each.a_second:.0f}",
            f"{each.milliseconds(50):.1f}",
            f"{each.milliseconds(99):.1f}",
            "" if BARE in name else f"{median(each.code_cpu) * 1000:.0f}",
        )
        say(name.ljust(WIDTH) + "".join(cell.rjust(width) for cell, width in zip(cells, heads.values(), strict=True)))
    say("CPU ms and ratio: what the worker pays for a press, and how many bare Flask views that would be.")
    say("p50 and p99: the time to an answer at 70 % of the presses/s; p99 should be below 20 times p50.")
    say("code ms: CPU of a press with a secret code, which is weighed slowly on purpose; not in the other figures.")
    say()


def _step_table(found: Mapping[str, Found]) -> None:
    say("CPU ms by page".ljust(WIDTH) + "".join(name.rjust(18) for name in found))
    for step in found[BARE].steps:
        say(step.ljust(WIDTH) + "".join(f"{mean(each.steps[step]) * 1000:18.2f}" for each in found.values()))
    say("Where the CPU of a press goes: a page far above the others is worth a look.")
    say()


def _memory(found: Mapping[str, Found]) -> None:
    for name, each in found.items():
        first, last = each.megabytes[0], each.megabytes[-1]
        say(f"{name.ljust(WIDTH)}{first:8.1f} -> {last:.1f} MB after {each.presses} presses more ({last - first:+.1f})")
    say("Memory of a worker: it should stay flat.")
    say()


def counts(data: Data) -> list[str]:
    """Calls and statements a press; what is wrong with them."""
    plain = inside.calls_a_press(inside.counted(bare.app, data[SQLITE][1][:3]))
    found = {kind: inside.counted_service(settings, phones[:4]) for kind, (settings, phones) in data.items()}
    say(f"Calls of Python functions a press; bare Flask makes {plain:.0f}")
    faults = []
    for kind, each in found.items():
        made, bound = inside.calls_a_press(each), CALLS_AT_MOST[kind]
        ratio = made / plain
        say(f"{kind.ljust(WIDTH)}{made:8.0f}{ratio:7.2f}   (recorded {bound:.2f}, fails above {bound * JUMP:.2f})")
        if ratio > bound * JUMP:
            faults.append(f"{kind}: {ratio:.2f} times the calls of bare Flask, {bound:.2f} are recorded")
    say("The same in every run and on every machine: a jump is a change in the code.")
    say()
    return faults + _statements(found)


def _statements(found: Mapping[str, Sequence[Counts]]) -> list[str]:
    say("SQL statements, calls".ljust(WIDTH) + "".join(kind.rjust(18) for kind in found))
    faults = []
    for row in zip(*found.values(), strict=True):
        cells = [f"{max(each.statements):9d}{median(each.calls):9.0f}" for each in row]
        say(row[0].step.name.ljust(WIDTH) + "".join(cells))
        for kind, each in zip(found, row, strict=True):
            most = ACTION_STATEMENTS if each.step.acts else SCREEN_STATEMENTS
            if max(each.statements) > most:
                faults.append(f"{kind}, {each.step.name}: {max(each.statements)} statements, {most} at most")
    say(f"BEGIN and COMMIT not counted; {SCREEN_STATEMENTS} for a screen, {ACTION_STATEMENTS} for an action, at most.")
    say()
    return faults


def ledger(started: Parts) -> None:
    """The dues press as the ledger grows."""
    say(f"The dues press with {growth.LARGE:,} entries against {growth.SMALL:,}")
    for kind in KINDS:
        small, large = growth.grown(started, kind)
        cpu, wall = growth.ratios(small, large)
        times = f"{growth.quick(small.wall) * 1000:.2f} -> {growth.quick(large.wall) * 1000:.2f} ms"
        say(f"{kind.ljust(WIDTH)}CPU {cpu:.2f}   until the answer {wall:.2f} ({times})   wanted {GROWTH_WANTED}")
    say("About 1: a member's dues are read in one index, however long the books of others are.")
    say()


def broadcasts(started: Parts) -> None:
    """Messages planned, sent and reported of, and the memory of planning."""
    with client.client() as gateway:
        found = messages.measured(started, gateway)
    cores = os.cpu_count() or 1
    say(f"Messages, on {POSTGRESQL}; each sender a process, against a gateway that answers at once")
    for each in found.planned:
        rate = f"{each.messages / each.seconds:10,.0f} planned/s, {each.messages / each.cpu:,.0f} a second of CPU"
        say(f"{each.messages:,} in three languages".ljust(WIDTH) + f"{rate}   wanted {PLANNED_WANTED:,}")
        flat = f"{each.megabytes / found.planned[0].megabytes:.2f} of the first   wanted {MEMORY_WANTED}"
        say("".ljust(WIDTH) + f"{each.megabytes:10,.0f} MB at most, {flat}")
    for senders, sent in found.sent.items():
        parts_of_it = {"senders": sent.senders, "database": sent.database, "gateway": sent.gateway}
        cpu = ", ".join(f"{name} {seconds * 1e6:.0f}" for name, seconds in parts_of_it.items())
        rate = f"{sent.a_second:10,.0f} sent/s   wanted {SENT_WANTED:,}"
        say(f"{senders} sender{'s' * (senders > 1)}".ljust(WIDTH) + rate)
        say("".ljust(WIDTH + 10) + f" at most {cores / sent.cpu:,.0f}/s on {cores} cores: CPU us a message: {cpu}")
    say("Wanted of the best: it should grow with the senders until the cores are full, which they share with the")
    say(
        f"gateway, the database and whatever else runs here (load now {os.getloadavg()[0]:.1f}). One sender alone waits"
    )
    say("for the disk twice a call, and a call has 20 messages at most: as many are in doubt when it is killed.")
    reports = found.reports
    ratio = f"{reports.ratio:.2f} of bare Flask's {reports.bare:,.0f}   wanted {REPORTS_WANTED}"
    say("delivery reports".ljust(WIDTH) + f"{reports.a_second:10,.0f} a second, {ratio}")
    say(f"Each report is on the disk before it is answered; {servers.MANY_THREADS}, as many at once, in turns.")
    say()


def starting_and_text(settings: Settings) -> None:
    """The start of the web process, and the alphabet of SMS."""
    whole, dearest = texts.imports(settings)
    say(f"Import of the web process: {whole:.0f} ms; dearest: " + ", ".join(f"{n} {ms:.0f}" for n, ms in dearest))
    each = ", ".join(f"{language} {texts.conversion(language):.1f}" for language in texts.MESSAGES)
    say(f"A message of 140 characters into GSM-7, microseconds: {each}")
    say()


def main() -> int:
    """Measure; 0 when all is well."""
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    began = time.monotonic()
    with parts.started() as started:
        data: dict[str, tuple[Settings, Sequence[str]]] = {}
        for kind in KINDS:
            settings = started.settings(kind)
            data[kind] = (settings, parts.filled(settings, 2_000))
        faults = counts(data)
        presses(data)
        broadcasts(started)
        ledger(started)
        starting_and_text(started.settings(SQLITE))
    say("\n".join(faults) or "No jump.")
    say(f"{time.monotonic() - began:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
