"""Commands for broadcasts: looked at, planned, followed, taken back, corrected; and messages in doubt."""

import json
from dataclasses import replace
from datetime import datetime
from secrets import token_hex
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import Connection

from flows import estimates
from models import broadcasts, doubts, limits, planned, proposed_broadcasts, quiet, recurring
from models.broadcasts import Draft, Planned
from models.doubts import Verdict
from models.failpoints import reach
from ussd_app import service
from ussd_app.commands import acting, drafting
from ussd_app.commands.acting import proposed
from ussd_app.commands.refusing import in_a_sentence, refuse
from ussd_app.commands.typed import NUMBER
from ussd_app.db import reading, transaction

broadcast = AppGroup("broadcast", help="One text to many, each phone once.")
letters = AppGroup("messages", help="SMS that went out.")
HOUR = click.DateTime(["%H:%M"])
UP_TO = click.IntRange(0, 10**9)


def _progress(planned: int) -> None:
    """Show that a long one goes on."""
    if planned >= broadcasts.AT_ONCE:
        click.echo(f"{planned} messages planned", err=True)


@broadcast.command()
@drafting.asked
@click.option("--key", help="A name of your own for this broadcast: the same name twice is one broadcast.")
@click.option("--by", metavar="NUMBER", help="The officer who proposes it, above the limit of one key.")
@click.option("--every", metavar="RULE", help="Send it again by a rule of iCalendar: FREQ=WEEKLY;BYDAY=MO.")
def send(key: str | None, by: str | None, every: str | None, **given: Any) -> None:
    """Plan a broadcast: one message for each distinct phone. Prints its reference."""
    running = service.current()
    now = running.clock()
    with in_a_sentence(), transaction(running.engine) as db:
        draft = drafting.draft(db, given, running)
        if every is not None and "day" in draft.facts:
            refuse("a text that names a day is said once: leave --every, or say it without the day")
        name = f"{draft.cooperative_id}:{key or token_hex(8)}"
        if by is not None:
            home = acting.home(db, draft.cooperative_id)
            draft = replace(draft, author_id=acting.hand(db, home, by).member_id)
        said = _known(db, name, every)
        number = None if said else _second_key(db, draft, name, by, every, now)
        if number is None and every is None:
            said = said or broadcasts.plan(db, draft, name, now, _progress)
        elif number is None:
            said = said or f"recurring {recurring.recur(db, draft, str(every), name, now)}"
    if number is not None:
        proposed(number)
        return
    reach("plan-committed")
    click.echo(said)


def _known(db: Connection, name: str, every: str | None) -> str | None:
    """What was said when this was sent before."""
    if every is None:
        return broadcasts.known(db, name)
    number = recurring.known(db, name)
    return None if number is None else f"recurring {number}"


def _second_key(
    db: Connection, draft: Draft, name: str, by: str | None, every: str | None, now: datetime
) -> int | None:
    """The number of the proposal, where so many people need a second key; else None."""
    times = 1 if every is None else proposed_broadcasts.times_of(db, draft, every, now)
    size = broadcasts.beyond_one_key(db, draft, times)
    if every is not None and by is None and limits.of(db, draft.cooperative_id).one_key is not None:
        refuse("what comes again may grow, and needs somebody who answers for it: name the officer with --by")
    if size is None:
        return None
    if by is None:
        refuse(f"{size[0]} phones need a second officer's key: name the first officer with --by")
    hand = acting.hand(db, acting.home(db, draft.cooperative_id), by)
    return proposed_broadcasts.propose(db, hand, draft, size, name, now, every)


@broadcast.command()
@drafting.asked
def preview(**given: Any) -> None:
    """Say how many phones and SMS parts a broadcast would have, what it costs, and show it in each language."""
    running = service.current()
    code = running.config.service_code
    with reading(running.engine) as db:
        found = estimates.estimate(db, drafting.draft(db, given, running), code, running.config.prices)
    for language, each in found.samples.items():
        click.echo(f"{language}\t{each.phones * each.parts} SMS\t{each.text}")
    cost = "" if found.cost is None else f", about {found.cost}"
    click.echo(f"{found.phones} phones, {found.parts} SMS{cost}")


@broadcast.command("limits")
@click.argument("cooperative")
@click.option("--one-key", type=UP_TO, help="How many phones one officer may write to alone.")
@click.option("--month", type=UP_TO, help="How many SMS parts a month.")
@click.option("--money", type=UP_TO, help="How much they cost a month, by SMS_PRICES.")
@click.option("--day", type=click.IntRange(1, 1000), help="How many notices a phone gets in a day.")
def put_limits(cooperative: str, **given: int | None) -> None:
    """Show the limits of a cooperative; with an option, set all four: one that is not given holds no more."""
    with transaction(service.current().engine) as db:
        home = acting.home(db, cooperative)
        if any(each is not None for each in given.values()):
            limits.put(db, home.id, limits.Limits(**given))
        found = limits.of(db, home.id)
    named = (("one key", found.one_key), ("month", found.month), ("day", found.day), ("money", found.money))
    for name, value in named:
        click.echo(f"{name}\t{'-' if value is None else value}")


@broadcast.command("quiet")
@click.argument("cooperative")
@click.argument("evening", type=HOUR, required=False)
@click.argument("morning", type=HOUR, required=False)
def put_quiet(cooperative: str, evening: datetime | None, morning: datetime | None) -> None:
    """Show when a cooperative is left in peace; with EVENING and MORNING (21:00 06:30, its own clock), set it.

    Notices wait for the morning, also those that are planned already; safety alerts and replies go at any hour.
    """
    if (evening is None) != (morning is None):
        raise click.UsageError("give both hours, or none")
    with in_a_sentence(), transaction(service.current().engine) as db:
        home = acting.home(db, cooperative)
        if evening and morning:
            quiet.put(db, home.id, evening.time(), morning.time())
        night = quiet.of(db, home.id)
    click.echo(f"{night.evening:%H:%M} to {night.morning:%H:%M}, {night.zone}")


@broadcast.command("recurring")
@click.argument("cooperative")
def list_recurring(cooperative: str) -> None:
    """List what comes again: number, rule, next time."""
    with reading(service.current().engine) as db:
        for each in recurring.all_of(db, acting.home(db, cooperative).id):
            click.echo(f"{each.number}\t{each.rule}\t{each.next_at.isoformat() if each.next_at else '-'}")


@broadcast.command()
@click.argument("number", type=NUMBER)
def stop(number: int) -> None:
    """Have a recurring broadcast come no more."""
    with transaction(service.current().engine) as db:
        stopped = recurring.stop(db, number)
    if not stopped:
        refuse(f"nothing recurs under {number}; `broadcast recurring` lists what does")


@broadcast.command()
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True)
def show(reference: str, as_json: bool) -> None:
    """Say what became of a broadcast, in numbers."""
    with reading(service.current().engine) as db:
        planned = _found(db, reference)
        counted = {str(state): count for state, count in broadcasts.tally(db, planned.broadcast_id).items()}
    told = {"reference": reference, "recipients": sum(counted.values()), "tally": counted}
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(f"{reference}: {told['recipients']} phones")
    for state, count in counted.items():
        if count:
            click.echo(f"{count}\t{state}")


def _found(db: Connection, reference: str) -> Planned:
    try:
        return broadcasts.find(db, reference)
    except broadcasts.UnknownBroadcast:
        refuse(f"no broadcast {reference}")


@broadcast.command()
@click.argument("reference")
def cancel(reference: str) -> None:
    """Take back what has not left yet."""
    running = service.current()
    with transaction(running.engine) as db:
        taken = broadcasts.cancel(db, _found(db, reference).broadcast_id, running.clock())
    click.echo(f"{taken} messages taken back")


@broadcast.command()
@click.argument("reference")
@click.option("--text", required=True, help="What is right.")
@click.option("--by", metavar="NUMBER", help="The officer who proposes it, above the limit of one key.")
def correct(reference: str, text: str, by: str | None) -> None:
    """Take back what has not left, and send what is right to exactly those who got the first one.

    To more phones than one key may write to, it is sent once a second officer agrees.
    """
    running = service.current()
    now = running.clock()
    drafting.sayable(text)
    with in_a_sentence(), transaction(running.engine) as db:
        first = _found(db, reference)
        theirs = replace(first.audience, besides=())  # exactly who got it
        said = (first.cooperative_id, theirs, "words", {"text": text}, first.urgency, now, None)
        draft = running.weigh(Draft(*said, planned.corrected(db, first.broadcast_id)))
        key = f"correction:{first.reference}:{text}"
        new = broadcasts.known(db, key) is None
        number = _second_key(db, draft, key, by, None, now) if new else None
        if new:
            broadcasts.withdraw(db, first.broadcast_id, now)
        if number is None:
            click.echo(broadcasts.plan(db, draft, key, now))
    if number is not None:
        proposed(number)


@letters.command()
def doubtful() -> None:
    """List the messages nobody knows of whether they arrived: number, kind, end of the phone, since, why."""
    with reading(service.current().engine) as db:
        for each in doubts.doubtful(db):
            since = f"{each.doubted_at:%Y-%m-%d %H:%M}" if each.doubted_at else "-"
            click.echo(f"{each.message_id}\t{each.kind}\t...{each.phone[-4:]}\t{since}\t{each.outcome or '-'}")


@letters.command()
@click.argument("message", type=NUMBER)
@click.argument("verdict", type=click.Choice([each.value for each in Verdict]))
@click.option("--by", default="a person", help="Who says so; it is kept with the message.")
def settle(message: int, verdict: str, by: str) -> None:
    """Say what became of a message in doubt: it arrived, it is sent again, or it is given up."""
    running = service.current()
    with transaction(running.engine) as db:
        done = doubts.judge(db, message, Verdict(verdict), by, running.clock())
    if not done:
        refuse(f"message {message} is not in doubt")
    click.echo(verdict)


COMMANDS = (broadcast, letters)
