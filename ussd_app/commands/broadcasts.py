"""Commands for broadcasts: looked at, planned, followed, taken back, corrected; and messages in doubt."""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import Connection

from flows import notices
from models import broadcasts, cooperatives, doubts, gsm
from models.audiences import Audience
from models.broadcasts import Draft, Planned
from models.doubts import Verdict
from models.failpoints import reach
from models.members import Role, Sex
from models.messages import Urgency
from ussd_app import service
from ussd_app.db import reading, transaction

broadcast = AppGroup("broadcast", help="One text to many, each phone once.")
letters = AppGroup("messages", help="SMS that went out.")

WHO = (
    click.option("--cooperative", "code", required=True, help="The code of the cooperative."),
    click.option("--text", required=True, help="What it says; - reads it from standard input."),
    click.option("--below", is_flag=True, help="With all that stand below a union, federation or confederation."),
    click.option(
        "--role", "roles", multiple=True, type=click.Choice([each.value for each in Role]), help="Only these roles."
    ),
    click.option("--sex", type=click.Choice([each.value for each in Sex])),
    click.option("--language", help="Only those who are spoken to in it."),
    click.option("--member", "numbers", multiple=True, help="Only these member numbers."),
    click.option("--urgent", is_flag=True, help="A safety alert: at any hour, also to who wants no notices."),
    click.option("--at", help="From when on: an ISO time, local to the cooperative where it names no zone."),
)


def _asked(command: click.decorators.FC) -> click.decorators.FC:
    for option in reversed(WHO):
        command = option(command)
    return command


def _draft(db: Connection, given: Mapping[str, Any], now: datetime) -> Draft:
    """A draft from what was given. Ends with a sentence when the cooperative, the time or the text is none."""
    home = cooperatives.by_code(db, given["code"])
    if home is None:
        sys.exit(f"no cooperative {given['code']}")
    text = sys.stdin.read() if given["text"] == "-" else given["text"]
    if not text.strip():
        sys.exit("the text is empty")
    audience = Audience(
        home.cooperative_id,
        given["below"],
        tuple(Role(each) for each in given["roles"]),
        Sex(given["sex"]) if given["sex"] else None,
        given["language"],
        given["numbers"],
    )
    urgency = Urgency.ALERT if given["urgent"] else Urgency.NOTICE
    not_before = _moment(given["at"], ZoneInfo(home.time_zone), now)
    return Draft(home.cooperative_id, audience, "words", {"text": text.strip()}, urgency, not_before)


def _moment(at: str | None, zone: ZoneInfo, now: datetime) -> datetime:
    if at is None:
        return now
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        sys.exit(f"{at} is no time: write it like 2026-12-12T09:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _progress(planned: int) -> None:
    """Show that a long one goes on."""
    if planned >= broadcasts.AT_ONCE:
        click.echo(f"{planned} messages planned", err=True)


@broadcast.command()
@_asked
@click.option("--key", help="A name of your own for this broadcast: the same name twice is one broadcast.")
def send(key: str | None, **given: Any) -> None:
    """Plan a broadcast: one message for each distinct phone. Prints its reference."""
    running = service.current()
    now = running.clock()
    with transaction(running.engine) as db:
        draft = _draft(db, given, now)
        reference = broadcasts.plan(db, draft, f"{draft.cooperative_id}:{key or token_hex(8)}", now, _progress)
    reach("plan-committed")
    click.echo(reference)


@broadcast.command()
@_asked
def preview(**given: Any) -> None:
    """Say how many phones and SMS parts a broadcast would have, and show it in each language."""
    running = service.current()
    with reading(running.engine) as db:
        draft = _draft(db, given, running.clock())
        people = Counter(language for chunk in broadcasts.reached(db, draft) for _phone, language in chunk)
    parts = 0
    for language, phones in sorted(people.items()):
        text, said_in = notices.say(draft.kind, draft.facts, language, running.config.service_code)
        plain = gsm.to_gsm7(text, said_in).text
        several = gsm.segments(plain) * phones
        parts += several
        click.echo(f"{language}\t{several} SMS\t{plain}")
    click.echo(f"{people.total()} phones, {parts} SMS")


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
        sys.exit(f"no broadcast {reference}")


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
def correct(reference: str, text: str) -> None:
    """Take back what has not left, and send what is right to exactly those who got the first one."""
    running = service.current()
    now = running.clock()
    with transaction(running.engine) as db:
        first = _found(db, reference)
        broadcasts.cancel(db, first.broadcast_id, now)
        draft = Draft(
            first.cooperative_id, first.audience, "words", {"text": text}, first.urgency, now, None, first.broadcast_id
        )
        click.echo(broadcasts.plan(db, draft, f"correction:{first.reference}:{text}", now))


@letters.command()
def doubtful() -> None:
    """List the messages nobody knows of whether they arrived: number, kind, end of the phone, since, why."""
    with reading(service.current().engine) as db:
        for each in doubts.doubtful(db):
            since = f"{each.doubted_at:%Y-%m-%d %H:%M}" if each.doubted_at else "-"
            click.echo(f"{each.message_id}\t{each.kind}\t...{each.phone[-4:]}\t{since}\t{each.outcome or '-'}")


@letters.command()
@click.argument("message", type=int)
@click.argument("verdict", type=click.Choice([each.value for each in Verdict]))
def settle(message: int, verdict: str) -> None:
    """Say what became of a message in doubt: it arrived, it is sent again, or it is given up."""
    running = service.current()
    with transaction(running.engine) as db:
        done = doubts.judge(db, message, Verdict(verdict), running.clock())
    if not done:
        sys.exit(f"message {message} is not in doubt")
    click.echo(verdict)


COMMANDS = (broadcast, letters)
