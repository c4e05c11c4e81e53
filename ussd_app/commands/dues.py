"""Commands for dues: plans, subscriptions, waivers, reversals, and what they charge."""

import json
from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from models import capital, corrections, dues, plan_terms, plans
from models.capital import Subscribing
from models.entries import Account, Entry
from models.plans import Written
from models.proposals import Overtaken
from ussd_app import raising, service
from ussd_app.commands.acting import BY, acting, home, proposed
from ussd_app.commands.acting import member as numbered
from ussd_app.commands.refusing import in_a_sentence, refuse
from ussd_app.commands.typed import DAY, NUMBER, read
from ussd_app.db import reading

dues_group = AppGroup("dues", help="Dues and capital: plans, waivers, reversals, arrears.")
with_reason = click.option("--reason", required=True, help="Why, in a few words; the member reads them.")


@dues_group.command("plans")
@click.argument("cooperative")
def list_plans(cooperative: str) -> None:
    """List the plans of a cooperative: number, version, kind, label, amount, first day, last day, basis."""
    with reading(service.current().engine) as db:
        for each in plans.of(db, home(db, cooperative).id):
            click.echo(_plan(each))


def _plan(each: Written) -> str:
    last = min(each.ends_on, date(2100, 12, 31))
    until = last.isoformat() if each.until or each.replaced_on else "-"
    said = (each.plan_id, f"v{each.version}", each.kind, each.label, each.amount, each.period or "once")
    return "\t".join(map(str, (*said, each.first_on, until, each.basis, each.reference, each.decided_on or "-")))


@dues_group.command("plan")
@click.argument("cooperative")
@click.argument("file", type=click.Path(path_type=Path))
@BY
def propose_plan(cooperative: str, file: Path, by: str) -> None:
    """Propose the plan of FILE (JSON; - for standard input). Its parts are in docs/plans.md."""
    try:
        with in_a_sentence():
            document = json.loads(read(file))
    except (ValueError, RecursionError):
        refuse(f"{str(file)!r} is not JSON: see docs/plans.md")
    with acting(cooperative, by) as office:
        proposed(plans.propose(office.db, office.hand, plan_terms.read(document), office.today, office.now))


@dues_group.command("end")
@click.argument("cooperative")
@click.argument("plan", type=NUMBER)
@click.argument("last_day", type=DAY)
@BY
def propose_end(cooperative: str, plan: int, last_day: datetime, by: str) -> None:
    """Propose that nothing of a plan begins after LAST_DAY."""
    with acting(cooperative, by) as office:
        proposed(plans.propose_end(office.db, office.hand, plan, last_day.date(), office.today, office.now))


@dues_group.command("subscribe")
@click.argument("cooperative")
@click.argument("member")
@click.argument("shares", type=int)
@click.option("--plan", required=True, type=NUMBER, help="The plan of capital.")
@click.option("--on", "on", type=DAY, help="When the member signed; today when not given.")
@click.option("--reference", required=True, help="The paper that the member signed.")
@BY
def propose_subscription(
    cooperative: str, member: str, shares: int, plan: int, on: datetime | None, reference: str, by: str
) -> None:
    """Propose to write down that a member subscribed SHARES."""
    with acting(cooperative, by) as office:
        member_id = office.member(member)
        wish = Subscribing(plan, member_id, shares, on.date() if on else office.today, reference)
        proposed(capital.propose(office.db, office.hand, wish, office.today, office.now))


@dues_group.command()
@click.argument("cooperative")
@click.argument("member")
@click.argument("entry", type=NUMBER)
@click.argument("amount", type=int)
@with_reason
@BY
def waive(cooperative: str, member: str, entry: int, amount: int, reason: str, by: str) -> None:
    """Propose to give up AMOUNT of a due or penalty of a member; `dues show` lists them."""
    with acting(cooperative, by) as office:
        member_id = office.member(member)
        if dues.line(office.db, member_id, entry) is None:
            raise Overtaken(f"entry {entry} is not one of member {member}")
        proposed(corrections.propose_waiver(office.db, office.hand, entry, amount, reason, office.now))


@dues_group.command()
@click.argument("entry", type=NUMBER)
@with_reason
@BY
def reverse(entry: int, reason: str, by: str) -> None:
    """Propose to undo an entry: of dues, of a lot, an advance, a payout, a surplus or an audit fund."""
    with reading(service.current().engine) as db:
        cooperative = db.execute(select(Entry.cooperative_id).where(Entry.id == entry)).scalar_one_or_none()
    if cooperative is None:
        refuse(f"no entry {entry}; `dues show` lists those of a member")
    with acting(cooperative, by) as office:
        proposed(corrections.propose_reversal(office.db, office.hand, entry, reason, office.now))


@dues_group.command()
@click.argument("cooperative")
@click.argument("member")
def show(cooperative: str, member: str) -> None:
    """List what stands on a member's dues and capital: entry, account, kind, day, amount, and what is open of it."""
    with reading(service.current().engine) as db:
        member_id = numbered(db, home(db, cooperative), member)
        for account in (Account.DUES, Account.CAPITAL):
            allocated = dues.allocation(db, member_id, account)
            for each in dues.entries(db, member_id, account):
                due = allocated.due(each.entry_id)
                said = (each.entry_id, account, each.kind, each.happened_on, each.amount, due.open if due else "-")
                click.echo("\t".join(map(str, said)))


@dues_group.command("raise")
@click.option("--on", "on", type=DAY, help="As of a day of the past; today when not given.")
@click.option("--again", is_flag=True, help="Look at every period again, as after days of joining were mended.")
def raise_now(on: datetime | None, again: bool) -> None:
    """Charge what plans ask for by today. The scheduler does it each hour; again, it charges nothing."""
    raised, failed = raising.raise_all(service.current(), on.date() if on else None, again)
    click.echo(f"{raised} entries")
    if failed:
        refuse(f"not raised in {len(failed)} cooperatives: see the log")


COMMANDS = (dues_group,)
