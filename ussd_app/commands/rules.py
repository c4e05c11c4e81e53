"""Commands for sharing rules: write a version down and propose it, list them, show one."""

import json
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from models import agreements, rules, sharing
from models.agreements import Lack, NewRule, Unwritten
from models.rules import Basis, Written
from ussd_app import service
from ussd_app.commands.acting import BY, acting, home, proposed
from ussd_app.commands.refusing import refuse
from ussd_app.commands.typed import DAY, NUMBER
from ussd_app.db import reading

group = AppGroup("rules", help="The rules by which a cooperative shares its lots.")

WHY = {
    Lack.UNSOUND: "the rule cannot be kept: {about}",
    Lack.DATES: "--to must not be before --from",
    Lack.STRANGER: "no member {about} in this cooperative",
    Lack.NO_PARTIES: "a verbal agreement needs its parties: --party NUMBER, once for each",
    Lack.PARTIES: "only a verbal agreement has parties; leave --party out",
    Lack.NO_PHONE: "member {about} has no phone to say yes on; write the agreement down and sign it",
    Lack.SAME: "this is version {about}, which was approved already",
    Lack.CHANGED: "somebody else has just written a version of this rule; start again",
}


@group.command()
@click.argument("cooperative")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="What the rule is called; the same name again is its next version.")
@click.option("--basis", required=True, type=click.Choice([each.value for each in Basis]))
@click.option("--ref", required=True, help="The paper, the resolution or the meeting it rests on.")
@click.option("--signed-on", required=True, type=DAY)
@click.option("--from", "start", required=True, type=DAY, help="The day from which it holds.")
@click.option("--to", "end", type=DAY, help="The last day on which it holds, if there is one.")
@click.option("--party", multiple=True, help="A member who has to say yes to a verbal agreement.")
@BY
def add(
    cooperative: str,
    file: Path,
    name: str,
    basis: str,
    ref: str,
    signed_on: datetime,
    start: datetime,
    end: datetime | None,
    party: tuple[str, ...],
    by: str,
) -> None:
    """Write a version of a rule down from FILE, {"unit", "steps"}, and propose it: a second officer approves."""
    dates = (signed_on.date(), start.date(), end.date() if end else None)
    try:
        with acting(cooperative, by) as office:
            new = NewRule(name, sharing.loaded(file.read_bytes()), Basis(basis), ref, *dates, party)
            number = agreements.propose(office.db, office.hand, new, office.now)
    except Unwritten as error:
        refuse(WHY[error.lack].format(about=error.about))
    proposed(number)


@group.command("list")
@click.argument("cooperative")
def list_rules(cooperative: str) -> None:
    """List every version: id, name, version, state, dates."""
    running = service.current()
    with reading(running.engine) as db:
        there = home(db, cooperative)
        standing = {each.rule_id for each in rules.in_force(db, there.id, there.today(running.clock()))}
        for each in rules.versions(db, there.id):
            dates = f"{each.valid_from}\t{each.valid_to or ''}"
            said = rules.said_by_parties(db, each.rule_id)
            click.echo(f"{each.rule_id}\t{each.name}\t{each.version}\t{_state(each, standing, said)}\t{dates}")


def _state(written: Written, standing: set[int], said: dict[str, bool | None]) -> str:
    if not written.approved:
        return "not approved"
    if False in said.values():
        return "refused by a party"
    if None in said.values():
        return "waits for its parties"
    return "in force" if written.rule_id in standing else "not in force"


@group.command()
@click.argument("rule", type=NUMBER)
def show(rule: int) -> None:
    """Show a version as JSON, by its id."""
    with reading(service.current().engine) as db:
        found = rules.rule(db, rule)
        if found is None:
            refuse(f"no rule {rule}; see rules list")
        said = rules.said_by_parties(db, rule)
    facts = {
        "name": found.name,
        "version": found.version,
        "approved": found.approved,
        "basis": found.basis,
        "ref": found.basis_ref,
        "signed_on": found.signed_on.isoformat(),
        "from": found.valid_from.isoformat(),
        "to": found.valid_to and found.valid_to.isoformat(),
        "parties": said,
        "rule": {"unit": found.unit, "steps": found.steps},
    }
    click.echo(json.dumps(facts, ensure_ascii=False, indent=1))


COMMANDS = (group,)
