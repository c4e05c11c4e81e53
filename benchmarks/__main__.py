"""Measure everything, print it in plain tables, and fail on a jump of what does not depend on the machine."""

import signal
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks import bare, client, growth, inside, outside, parts, servers, texts
from benchmarks.inside import Counts
from benchmarks.outside import Candidate, Found
from benchmarks.parts import KINDS, POSTGRESQL, SQLITE, Parts, Settings

# Calls of Python functions a press, over those of the bare view. A run fails when it is 15 % above.
CALLS_AT_MOST = {SQLITE: 3.1, POSTGRESQL: 4.4}
JUMP = 1.15
SCREEN_STATEMENTS, ACTION_STATEMENTS = 4, 7
CPU_WANTED = {SQLITE: 1.8, POSTGRESQL: 2.0}
GROWTH_WANTED = 1.1
ROUNDS, OTHER_ROUNDS = 7, 3
BARE = "bare Flask"

Data = Mapping[str, tuple[Settings, Sequence[str]]]


def say(line: str = "") -> None:
    """Print a line now, so that a long run is seen to go on."""
    print(line, flush=True)


def presses(data: Data) -> None:
    """The cost of a press under gunicorn's sync worker, then under the other servers."""
    phones = data[SQLITE][1]
    with client.client() as gateway:
        ours = [Candidate(BARE, servers.SYNC, "benchmarks.bare:app")]
        ours += [Candidate(kind, servers.SYNC, "wsgi:app", data[kind][0]) for kind in KINDS]
        found = outside.measured(ours, gateway, phones, ROUNDS, paced=True)
        say(f"A press, {servers.SYNC}, one worker, no keep-alive, two calls at a time, {len(found[BARE].cpu)} rounds")
        _press_table(found, found[BARE])
        _step_table(found)
        _memory(found)
        for server in (servers.THREADS, servers.GRANIAN):
            both = [Candidate(BARE, server, "benchmarks.bare:app")]
            both.append(Candidate(POSTGRESQL, server, "wsgi:app", data[POSTGRESQL][0]))
            say(f"A press, {server}; ratios to bare Flask under {servers.SYNC} above")
            _press_table(outside.measured(both, gateway, phones, OTHER_ROUNDS, paced=True), found[BARE])


def _press_table(found: Mapping[str, Found], measure: Found) -> None:
    say(
        f"  {'':18}{'CPU ms':>8}{'ratio':>7}{'wanted':>8}{'presses/s':>11}{'p50 ms':>8}{'p99 ms':>8}{'with code ms':>14}"
    )
    for name, each in found.items():
        ratio = median(own / other for own, other in zip(each.cpu, measure.cpu, strict=False))
        wanted = f"{CPU_WANTED[name]:.1f}" if name in CPU_WANTED else ""
        code = "" if name == BARE else f"{median(each.code_cpu) * 1000:.1f}"
        times = f"{each.milliseconds(50):8.2f}{each.milliseconds(99):8.2f}"
        say(f"  {name:18}{median(each.cpu) * 1000:8.2f}{ratio:7.2f}{wanted:>8}{each.a_second:11.0f}{times}{code:>14}")
    say("  CPU of the worker; p50 and p99 at 70 % of the presses/s; a code is weighed slowly on purpose.")
    say()


def _step_table(found: Mapping[str, Found]) -> None:
    say(f"  {'CPU ms by page':22}" + "".join(f"{name:>18}" for name in found))
    for step in found[BARE].steps:
        say(f"  {step:22}" + "".join(f"{median(each.steps[step]) * 1000:18.2f}" for each in found.values()))
    say()


def _memory(found: Mapping[str, Found]) -> None:
    say("Memory of the worker, MB")
    for name, each in found.items():
        first, last = each.megabytes[0], each.megabytes[-1]
        say(f"  {name:18}{first:8.1f} -> {last:.1f} over {each.presses} presses ({last - first:+.1f})")
    say("  It should not grow with presses.")
    say()


def counts(data: Data) -> list[str]:
    """Calls and statements a press; what is wrong with them."""
    plain = inside.calls_a_press(inside.counted(bare.app, data[SQLITE][1][:3]))
    found = {kind: inside.counted_service(settings, phones[:4]) for kind, (settings, phones) in data.items()}
    say(f"Calls of Python functions a press; bare Flask makes {plain:.0f}")
    faults = []
    for kind, each in found.items():
        ratio, bound = inside.calls_a_press(each) / plain, CALLS_AT_MOST[kind]
        say(
            f"  {kind:18}{inside.calls_a_press(each):8.0f}{ratio:7.2f}   (bound {bound:.2f}, fails above {bound * JUMP:.2f})"
        )
        if ratio > bound * JUMP:
            faults.append(f"{kind}: {ratio:.2f} times the calls of bare Flask, {bound:.2f} are recorded")
    say("  The same in every run and on every machine: a jump is a change in the code.")
    say()
    return faults + _statements(found)


def _statements(found: Mapping[str, Sequence[Counts]]) -> list[str]:
    say(f"  {'SQL statements, calls':22}" + "".join(f"{kind:>18}" for kind in found))
    faults = []
    for row in zip(*found.values(), strict=True):
        cells = [f"{max(each.statements):9d}{median(each.calls):9.0f}" for each in row]
        say(f"  {row[0].step.name:22}" + "".join(cells))
        for kind, each in zip(found, row, strict=True):
            most = ACTION_STATEMENTS if each.step.acts else SCREEN_STATEMENTS
            if max(each.statements) > most:
                faults.append(f"{kind}, {each.step.name}: {max(each.statements)} statements, {most} at most")
    say(
        f"  BEGIN and COMMIT not counted; {SCREEN_STATEMENTS} for a screen, {ACTION_STATEMENTS} for an action, at most."
    )
    say()
    return faults


def ledger(started: Parts) -> None:
    """The dues press as the ledger grows."""
    say(f"The dues press with {growth.LARGE:,} entries against {growth.SMALL:,}")
    for kind in KINDS:
        small, large = growth.grown(started, kind)
        cpu, wall = growth.ratios(small, large)
        times = f"{median(small.wall) * 1000:.2f} -> {median(large.wall) * 1000:.2f} ms"
        say(f"  {kind:18}CPU {cpu:.2f}   until the answer {wall:.2f} ({times})   wanted {GROWTH_WANTED}")
    say("  About 1: a member's dues are read in one index, however long the books of others are.")
    say()


def starting_and_text(settings: Settings) -> None:
    """The start of the web process, and the alphabet of SMS."""
    whole, dearest = texts.imports(settings)
    say(f"Import of the web process: {whole:.0f} ms; dearest: " + ", ".join(f"{n} {ms:.0f}" for n, ms in dearest))
    each = ", ".join(f"{language} {texts.conversion(language):.1f}" for language in texts.MESSAGES)
    say(f"A message of 140 characters into GSM-7, us: {each}")
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
        ledger(started)
        starting_and_text(started.settings(SQLITE))
    say("\n".join(faults) or "No jump.")
    say(f"{time.monotonic() - began:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
