"""Commands for meetings: called, moved, called off, shown, proven; who was there, and what was decided."""

from datetime import datetime
from typing import Any

import click
from flask.cli import AppGroup

from models import (
    announcing,
    assemblies,
    convening,
    door,
    forecast,
    meetings,
    minutes,
    proposed_meetings,
    regular,
    served,
)
from models.assemblies import ASSEMBLIES, Body
from models.convening import Call, Snag
from models.forecast import Turnout
from models.meetings import Announced, MeetingKind
from models.minutes import Decided
from ussd_app import service
from ussd_app.commands import drafting
from ussd_app.commands.acting import BY, acting, home, proposed
from ussd_app.commands.meeting_refusals import NOT_CALLED, in_order
from ussd_app.commands.refusing import in_a_sentence, refuse
from ussd_app.commands.typed import NUMBER
from ussd_app.db import reading

group = AppGroup("meetings", help="Meetings, from the notice to the decisions.")
WHEN = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"])
COOP, MEETING = click.argument("coop"), click.argument("meeting", type=NUMBER)


@group.command()
@COOP
@click.argument("kind", type=click.Choice([each.value for each in MeetingKind]))
@click.argument("when", type=WHEN)
@click.option("--place", required=True)
@click.option("--agenda", default="", help="Its items, joined by ;")
@click.option("--second-of", type=NUMBER, help="The assembly that was not enough, whose second call this is.")
@click.option("--every", metavar="RULE", help="Hold it by a rule of iCalendar: FREQ=MONTHLY;BYDAY=1SU.")
@BY
def call(coop: str, kind: str, when: datetime, place: str, agenda: str, by: str, **more: Any) -> None:
    """Call a meeting: its members get the notice, in their language. Prints its number.

    WHEN is local to the cooperative. The same call twice is one meeting; one that a list brought is called so too. With
    --every it comes again, and each is called in its time. A notice to more phones than one key may write to is only
    proposed: it is called once a second officer agrees.
    """
    items = tuple(" ".join(drafting.sayable(item).split()) for item in agenda.split(";") if item.strip())
    with in_order(), acting(coop, by) as office:
        at = when.replace(tzinfo=office.home.zone)
        wanted = Call(MeetingKind(kind), at, " ".join(drafting.sayable(place).split()), items, None, more["second_of"])
        given, rule, weigh = (office.db, office.hand, wanted), more["every"], service.current().weigh
        if rule is None:
            made = proposed_meetings.call(*given, office.now, weigh)
        else:
            made = proposed_meetings.repeat(*given, rule, f"{kind}:{at.isoformat()}:{rule}", office.now, weigh)
    if made.proposal is not None:
        proposed(made.proposal)
    else:
        click.echo(f"regular {made.meeting_id}" if rule else made.meeting_id)


@group.command("regular")
@COOP
def list_regular(coop: str) -> None:
    """List the meetings that come again: number, kind, rule, the next one that is not called yet, place."""
    with in_a_sentence(), reading(service.current().engine) as db:
        there = home(db, coop)
        for each in regular.all_of(db, there.id):
            at = f"{each.next_at.astimezone(there.zone):%Y-%m-%d %H:%M}" if each.next_at else "-"
            click.echo(f"{each.number}\t{each.kind}\t{each.rule}\t{at}\t{each.place}")


@group.command()
@COOP
@click.argument("number", type=NUMBER)
@BY
def stop(coop: str, number: int, by: str) -> None:
    """Have a regular meeting come no more; what was called already stands."""
    with in_order(), acting(coop, by) as office:
        stopped = regular.stop(office.db, office.hand, number)
    if not stopped:
        refuse(f"no regular meeting {number}; `meetings regular` lists them")
    click.echo("stopped")


@group.command()
@COOP
@MEETING
@click.argument("when", type=WHEN)
@click.option("--place", help="Where it is held instead.")
@BY
def move(coop: str, meeting: int, when: datetime, place: str | None, by: str) -> None:
    """Hold a meeting at another time, or elsewhere: whoever got its notice is told, the others are called."""
    if place is not None:
        drafting.sayable(place)
    with in_order(), acting(coop, by) as office:
        at = when.replace(tzinfo=office.home.zone)
        convening.move(office.db, office.hand, meeting, at, place, office.now, service.current().weigh)
    click.echo("moved")


@group.command()
@COOP
@MEETING
@BY
def cancel(coop: str, meeting: int, by: str) -> None:
    """Call a meeting off: whoever got its notice is told."""
    with in_order(), acting(coop, by) as office:
        convening.cancel(office.db, office.hand, meeting, office.now, service.current().weigh)
    click.echo("called off")


@group.command()
@COOP
@click.argument("meeting", type=NUMBER, required=False)
def show(coop: str, meeting: int | None) -> None:
    """List the meetings to come, or show one: its state, its agenda, who comes, who was there, what was decided."""
    running = service.current()
    with in_a_sentence(), reading(running.engine) as db:
        there = home(db, coop)
        if meeting is None:
            for each in meetings.upcoming(db, there.id, running.clock(), 1000):
                click.echo(f"{each.meeting_id}\t{_line(each, assemblies.body(db, there.id))}")
            return
        found = meetings.announced(db, there.id, meeting)
        if found is None:
            refuse(NOT_CALLED[Snag.UNKNOWN])
        body = assemblies.body(db, there.id)
        click.echo(_line(found, body))
        decided = {each.item: each for each in minutes.decisions(db, meeting)}
        for number, item in enumerate(found.agenda, start=1):
            click.echo(f"{number}. {item}{_decided(decided.get(number))}")
        _forecast(forecast.turnout(db, there.id, meeting, 0))
        present = door.present(db, meeting)
        click.echo(f"there: {present.there}, represented: {present.represented}")


def _line(meeting: Announced, body: Body) -> str:
    when = meeting.starts_at.astimezone(body.zone)
    second = ", second call" if meeting.second_of is not None else ""
    return f"{meeting.kind}{second}\t{when:%Y-%m-%d %H:%M}\t{meeting.place}\t{meeting.state}"


def _decided(each: Decided | None) -> str:
    if each is None:
        return ""
    votes = "" if each.votes_for is None else f", {each.votes_for} for, {each.votes_against or 0} against"
    return f"\t{each.outcome}{votes}"


def _forecast(counted: Turnout) -> None:
    click.echo(f"come: {counted.coming}, do not: {counted.away}, represented: {counted.represented}")
    click.echo(f"silent: {counted.silent}, of {counted.members} members")
    if counted.needed is not None:
        missing = max(0, counted.needed - counted.there)
        click.echo(
            f"quorum: {counted.needed}, " + (f"{missing} missing" if missing else "reached if all come who said so")
        )


@group.command()
@COOP
@MEETING
def proof(coop: str, meeting: int) -> None:
    """Print the proof of notice: the rule, then each member: number, what became of the notice, phone, when, read."""
    running = service.current()
    with in_a_sentence(), reading(running.engine) as db:
        there = home(db, coop)
        found = meetings.announced(db, there.id, meeting)
        if found is None:
            refuse(NOT_CALLED[Snag.UNKNOWN])
        body = assemblies.body(db, there.id)
        click.echo(f"{body.name}\t{_line(found, body)}")
        told = [each for each in announcing.notices(db, meeting) if each.version == found.version]
        if told and found.kind in ASSEMBLIES:
            _rule(body, found, told[0].told_at)
        for each in served.proof(db, there.id, meeting):
            moments = [f"{at.astimezone(body.zone):%Y-%m-%d %H:%M}" if at else "-" for at in _moments(each)]
            click.echo("\t".join([each.number, each.way, each.phone, *moments]))


def _moments(each: served.Served) -> tuple[datetime | None, datetime | None]:
    return each.reported_at, each.read_at


def _rule(body: Body, meeting: Announced, told_at: datetime) -> None:
    given = (meeting.starts_at.astimezone(body.zone).date() - body.night.over(told_at).date()).days
    needed = body.days(second=meeting.second_of is not None)
    click.echo(f"notice given {given} days before, {needed} needed ({body.law.days_source})")
    click.echo(f"means: {', '.join(body.law.means)} ({body.law.means_source})")
    click.echo(f"mentions: {', '.join(body.law.mentions)} ({body.law.mentions_source})")
