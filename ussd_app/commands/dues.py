"""Commands for dues: plans, subscriptions, waivers, reversals, arrears; and a member who leaves.

A command only proposes. The second key is turned by another officer, on their own phone.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import Connection, select

from models import capital, corrections, dues, members, plan_terms, plans, proposals
from models.capital import Subscribing
from models.cooperatives import Cooperative
from models.ledger import Account, Entry
from models.plans import Written
from models.proposals import Hand, NotAllowed, Overtaken
from ussd_app import raising, service
from ussd_app.db import reading, transaction

dues_group = AppGroup("dues", help="Dues and capital: plans, waivers, reversals, arrears.")
DAY = click.DateTime(["%Y-%m-%d"])
by_officer = click.option("--by", required=True, help="Your member number, as an officer of the cooperative.")
with_reason = click.option("--reason", required=True, help="Why, in a few words; the member reads them.")


@dataclass(frozen=True, slots=True)
class _Office:
    """Who proposes, and the day and moment where the cooperative is."""

    db: Connection
    hand: Hand
    today: date
    now: datetime


@contextmanager
def _office(cooperative: str | int, by: str) -> Iterator[_Office]:
    """One command of an officer is one transaction; what cannot be is said in one sentence."""
    running = service.current()
    try:
        with transaction(running.engine) as db:
            now, home = running.clock(), home_of(db, cooperative)
            yield _Office(db, _hand(db, home.cooperative_id, by), home.today(now), now)
    except Overtaken as refusal:
        sys.exit(str(refusal))
    except NotAllowed:
        sys.exit(f"member {by} is no officer: a president, secretary, treasurer or member of the control proposes")


def _hand(db: Connection, cooperative_id: int, by: str) -> Hand:
    hand = proposals.officer(db, cooperative_id, by)
    if hand is None:
        raise Overtaken(f"no member {by} in this cooperative: --by is your own number")
    return hand


@dataclass(frozen=True, slots=True)
class Home:
    """A cooperative, and its time zone."""

    cooperative_id: int
    time_zone: str

    def today(self, now: datetime) -> date:
        """The date where the cooperative is."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()


def home_of(db: Connection, cooperative: str | int) -> Home:
    """A cooperative by its code or id. Raises Overtaken."""
    named = Cooperative.code == cooperative if isinstance(cooperative, str) else Cooperative.id == cooperative
    found = db.execute(select(Cooperative.id, Cooperative.time_zone).where(named)).one_or_none()
    if found is None:
        raise Overtaken(f"no cooperative {cooperative}: give the code of one")
    return Home(*found)


def member_of(db: Connection, cooperative_id: int, number: str) -> int:
    """A member by number. Raises Overtaken."""
    member_id = members.by_number(db, cooperative_id, number)
    if member_id is None:
        raise Overtaken(f"no member {number} in this cooperative")
    return member_id


def _proposed(proposal_id: int) -> None:
    click.echo(f"proposal {proposal_id} waits 24 hours for a second officer, on their own phone")


@dues_group.command("plans")
@click.argument("cooperative")
def list_plans(cooperative: str) -> None:
    """List the plans of a cooperative: number, version, kind, label, amount, first day, last day, basis."""
    try:
        with reading(service.current().engine) as db:
            for each in plans.of(db, home_of(db, cooperative).cooperative_id):
                click.echo(_plan(each))
    except Overtaken as refusal:
        sys.exit(str(refusal))


def _plan(each: Written) -> str:
    last = min(each.ends_on, date(2100, 12, 31))
    until = last.isoformat() if each.until or each.replaced_on else "-"
    said = (each.plan_id, f"v{each.version}", each.kind, each.label, each.amount, each.period or "once")
    return "\t".join(map(str, (*said, each.first_on, until, each.basis, each.reference, each.decided_on or "-")))


@dues_group.command("plan")
@click.argument("cooperative")
@click.argument("file", type=click.Path(path_type=Path))
@by_officer
def propose_plan(cooperative: str, file: Path, by: str) -> None:
    """Propose the plan of FILE (JSON; - for standard input). Its parts are in docs/plans.md."""
    try:
        document = json.loads(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    except OSError as error:
        sys.exit(f"{str(file)!r} cannot be read: {error.strerror}")
    except (ValueError, RecursionError):
        sys.exit(f"{str(file)!r} is not JSON: see docs/plans.md")
    with _office(cooperative, by) as office:
        _proposed(plans.propose(office.db, office.hand, plan_terms.read(document), office.today, office.now))


@dues_group.command("end")
@click.argument("cooperative")
@click.argument("plan", type=int)
@click.argument("last_day", type=DAY)
@by_officer
def propose_end(cooperative: str, plan: int, last_day: datetime, by: str) -> None:
    """Propose that nothing of a plan begins after LAST_DAY."""
    with _office(cooperative, by) as office:
        _proposed(plans.propose_end(office.db, office.hand, plan, last_day.date(), office.today, office.now))


@dues_group.command("subscribe")
@click.argument("cooperative")
@click.argument("member")
@click.argument("shares", type=int)
@click.option("--plan", required=True, type=int, help="The plan of capital.")
@click.option("--on", "on", type=DAY, help="When the member signed; today when not given.")
@click.option("--reference", required=True, help="The paper that the member signed.")
@by_officer
def propose_subscription(
    cooperative: str, member: str, shares: int, plan: int, on: datetime | None, reference: str, by: str
) -> None:
    """Propose to write down that a member subscribed SHARES."""
    with _office(cooperative, by) as office:
        member_id = member_of(office.db, office.hand.cooperative_id, member)
        wish = Subscribing(plan, member_id, shares, on.date() if on else office.today, reference)
        _proposed(capital.propose(office.db, office.hand, wish, office.today, office.now))


@dues_group.command()
@click.argument("cooperative")
@click.argument("member")
@click.argument("entry", type=int)
@click.argument("amount", type=int)
@with_reason
@by_officer
def waive(cooperative: str, member: str, entry: int, amount: int, reason: str, by: str) -> None:
    """Propose to give up AMOUNT of a due or penalty of a member; `dues show` lists them."""
    with _office(cooperative, by) as office:
        member_id = member_of(office.db, office.hand.cooperative_id, member)
        if dues.line(office.db, member_id, entry) is None:
            raise Overtaken(f"entry {entry} is not one of member {member}")
        _proposed(corrections.propose_waiver(office.db, office.hand, entry, amount, reason, office.now))


@dues_group.command()
@click.argument("entry", type=int)
@with_reason
@by_officer
def reverse(entry: int, reason: str, by: str) -> None:
    """Propose to undo an entry: of dues, of a lot, an advance, a payout, a surplus or an audit fund."""
    with reading(service.current().engine) as db:
        cooperative = db.execute(select(Entry.cooperative_id).where(Entry.id == entry)).scalar_one_or_none()
    if cooperative is None:
        sys.exit(f"no entry {entry}")
    with _office(cooperative, by) as office:
        _proposed(corrections.propose_reversal(office.db, office.hand, entry, reason, office.now))


@dues_group.command()
@click.argument("cooperative")
@click.argument("member")
def show(cooperative: str, member: str) -> None:
    """List what stands on a member's dues and capital: entry, account, kind, day, amount, and what is open of it."""
    try:
        with reading(service.current().engine) as db:
            member_id = member_of(db, home_of(db, cooperative).cooperative_id, member)
            for account in (Account.DUES, Account.CAPITAL):
                allocated = dues.allocation(db, member_id, account)
                for each in dues.entries(db, member_id, account):
                    due = allocated.due(each.entry_id)
                    said = (each.entry_id, account, each.kind, each.happened_on, each.amount, due.open if due else "-")
                    click.echo("\t".join(map(str, said)))
    except Overtaken as refusal:
        sys.exit(str(refusal))


@dues_group.command("raise")
@click.option("--on", "on", type=DAY, help="As of a day of the past; today when not given.")
@click.option("--again", is_flag=True, help="Look at every period again, as after days of joining were mended.")
def raise_now(on: datetime | None, again: bool) -> None:
    """Charge what plans ask for by today. The scheduler does it each hour; again, it charges nothing."""
    raised, failed = raising.raise_all(service.current(), on.date() if on else None, again)
    click.echo(f"{raised} entries")
    if failed:
        sys.exit(f"not raised in {len(failed)} cooperatives: see the log")


COMMANDS = (dues_group,)
