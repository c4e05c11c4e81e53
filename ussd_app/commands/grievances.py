"""Commands for cases: taken in for somebody else, listed, read and written out by a desk; cut from who complained.

What is read here is kept like a reading on the phone, and shown to surveillance. Names are left out unless asked for,
and then only those that the complainant let this reader see. Number and secret code are never typed into a command
together: other people of the machine read its list of commands.
"""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import Connection

from flows.answers import WORDS_AT_MOST
from models import grievances
from models.grievances import (
    Came,
    Category,
    Complaint,
    Concerned,
    Help,
    Lane,
    Locked,
    Name,
    SafeTime,
    Unknown,
    keeping,
    lost,
    reading,
    readings,
    sight,
)
from models.grievances.lost import Story
from models.grievances.reading import Whole
from models.grievances.scopes import DESKS, WATCHERS
from models.members import Role
from models.vault import InvalidToken
from ussd_app import service
from ussd_app.commands.acting import BY, acting, home, member
from ussd_app.commands.refusing import in_a_sentence, refuse, writing
from ussd_app.commands.typed import DAY, FILE, Word, place
from ussd_app.db import transaction
from ussd_app.registers import sheets
from ussd_app.registers.formulas import disarmed
from ussd_app.registers.sheets import Cell

group = AppGroup("grievances", help="Cases: taken in for others, at a desk, and how long they are kept.")
COOP = click.argument("coop")
NAMES = click.option("--names", is_flag=True, help="With the names that the complainants let this reader see.")
NOBODY = "nobody may: say that the court and the village chief remain open"
UNREADABLE = "unreadable"
HEADER = ("case", "subject", "lane", "state", "filed_on", "due_on", "answer_by", "words", "name", "phone")


@contextmanager
def known() -> Iterator[None]:
    """What is not at this desk is not there; what is damaged cannot be read."""
    try:
        yield
    except Unknown:
        refuse("no such case at this desk; `grievances list` says which there are")
    except InvalidToken:
        refuse("the row of this case is damaged; `ledger check` names it")


@group.command()
@click.argument("coop", required=False)
@click.option("--category", required=True, type=Word(Category))
@click.option("--concerned", default=Concerned.UNSAID.value, type=Word(Concerned))
@click.option("--named", metavar="[CODE:]NUMBER", help="The member in cause; only they are kept out, not all officers.")
@click.option("--relay", is_flag=True, help="A relay types it for somebody, not the desk that called back.")
@click.option("--safe-time", type=Word(SafeTime), help="In private: when to call.")
@click.option("--wish", "help", type=Word(Help), help="In private: what help is wished for.")
@click.option("--at-home", is_flag=True, help="In private: the desk of the own cooperative was chosen.")
def take(
    coop: str | None, category: Category, concerned: Concerned, named: str | None, relay: bool, **private: Any
) -> None:
    """Take in a case for somebody, its words on standard input. Prints number and code once, to be read out to them.

    Neither their name nor their phone is kept. Without COOP it is of no cooperative. Who is in cause may be of another
    body, such as the union above: CODE:NUMBER.
    """
    words, running = _words(), service.current()
    came_by = Came.RELAY if relay else Came.DESK
    with in_a_sentence(), transaction(running.engine) as db:
        home_id, barred_id = _about(db, coop, named)
        said = (category, concerned, Name.NOBODY, words, home_id, None, "")
        complaint = Complaint(*said, barred_id=barred_id, came_by=came_by, **private)
        filed = grievances.file(db, complaint, f"command:{secrets.token_hex(16)}", running.clock())
    click.echo(f"case\t{filed.reference}\ncode\t{filed.code}\nanswer by\t{filed.answer_by:%Y-%m-%d}")
    click.echo(f"handled by\t{filed.handled_by or NOBODY}")


def _words() -> str:
    """What is typed on standard input, on one line; ends the command when that is too long."""
    words = " ".join(sys.stdin.read().split())
    if len(words) > WORDS_AT_MOST:
        refuse(f"the words are too long; say it in {WORDS_AT_MOST} letters, more can be added with the code")
    return words


def _about(db: Connection, coop: str | None, named: str | None) -> tuple[int | None, int | None]:
    """Where a case arose, and which member is in cause, there or elsewhere."""
    there = home(db, coop) if coop else None
    if named is None:
        return there.id if there else None, None
    code, _colon, number = named.rpartition(":")
    body = home(db, code) if code else there
    if body is None:
        raise click.UsageError("--named goes with the cooperative of that member: CODE:NUMBER")
    return there.id if there else None, member(db, body, number)


@group.command("list")
@COOP
@click.option("--over", is_flag=True, help="Those that are over.")
@BY
def list_cases(coop: str, over: bool, by: str) -> None:
    """List the cases at one's desk: number, subject, lane, state, filed, due, and late or not.

    The number of one whose row is damaged is `unreadable`; `ledger check` names that row.
    """
    with acting(coop, by, DESKS) as office:
        lines = sight.mine(office.db, office.hand, over)
        readings.note_all(office.db, office.hand, [line.case_id for line in lines], "list", office.now)
        for line in lines:
            due = f"{line.due_at:%Y-%m-%d}" if line.due_at else "-"
            late = "late" if line.late(office.now) else ""
            said = (line.category, line.lane, line.state, f"{line.filed_at:%Y-%m-%d}", due, late)
            click.echo("\t".join((line.reference or UNREADABLE, *said)).rstrip())


@group.command()
@COOP
@click.argument("number")
@NAMES
@BY
def show(coop: str, number: str, names: bool, by: str) -> None:
    """Show a case at one's desk: what was said, and its history."""
    with known(), acting(coop, by, DESKS) as office:
        case_id = sight.find(office.db, office.hand, number)
        readings.note(office.db, office.hand, case_id, "show", office.now)
        whole = reading.whole(office.db, office.hand, case_id)
    for name, value in zip(HEADER, _row(whole, names), strict=True):
        if value:
            click.echo(f"{name}\t{value}")
    for note in whole.notes:
        who = "to the complainant" if note.to_owner else f"from {'another' if note.other else 'the'} complainant"
        click.echo(f"{note.written_at:%Y-%m-%d}\t{who}\t{note.words}")
    for step in whole.history:
        click.echo(
            f"{step.at:%Y-%m-%d %H:%M}\t{step.did}\t{step.role or step.side}" + (f"\t{step.why}" if step.why else "")
        )


def _row(whole: Whole, names: bool) -> list[Cell]:
    who = [whole.caller or "", whole.phone or ""] if names else ["", ""]
    due = f"{whole.due_at:%Y-%m-%d}" if whole.due_at else ""
    days = [f"{whole.filed_at:%Y-%m-%d}", due, f"{whole.answer_by:%Y-%m-%d}"]
    return [whole.reference, whole.category, whole.lane, whole.state, *days, whole.words or "", *who]


@group.command()
@COOP
@click.argument("file", type=FILE, default="-")
@NAMES
@BY
def export(coop: str, file: Path, names: bool, by: str) -> None:
    """Write the cases at one's desk, open and over, as CSV or XLSX; never those that came in private."""
    if str(file) != "-" and file.suffix.lower() not in (".xlsx", ".csv"):
        raise click.UsageError(f"{file} ends with neither .xlsx nor .csv")
    with acting(coop, by, (Role.COMMITTEE, Role.SURVEILLANCE)) as office:
        lines = [*sight.mine(office.db, office.hand), *sight.mine(office.db, office.hand, over=True)]
        rows: list[list[Cell]] = [list(HEADER)]
        cases = [line.case_id for line in lines if line.lane is not Lane.SENSITIVE]
        readings.note_all(office.db, office.hand, cases, "export", office.now)
        for case_id in cases:
            try:
                row = _row(reading.whole(office.db, office.hand, case_id), names)
            except InvalidToken:
                row = [UNREADABLE, *[""] * (len(HEADER) - 1)]
            rows.append([disarmed(str(cell)) for cell in row])
    with writing():
        sheets.write(place(file), rows)


@group.command()
def forget() -> None:
    """Cut a case from who complained, at their wish: its number and secret code, on one line of standard input.

    A case that ended, or came in private, goes at once and leaves a count; another one goes on without name and phone.
    """
    running = service.current()
    reference, _space, code = sys.stdin.read().strip().partition(" ")
    with transaction(running.engine) as db:
        opened = grievances.open_case(db, reference, code.strip(), DESK, running.clock())
        gone = keeping.forget(db, opened, running.clock()) if isinstance(opened, int) else False
    if isinstance(opened, Locked):
        refuse("too many wrong codes; try again in an hour")
    if opened is None:
        refuse("number and code do not go together")
    click.echo("the case is gone, a count is left" if gone else "name and phone are gone; the case goes on")


@group.command("lost-code")
@click.argument("body")
@click.argument("complainant", metavar="COOP:NUMBER")
@click.option("--category", required=True, type=Word(Category), help="What they say that they complained of.")
@click.option("--filed-on", required=True, type=DAY, help="When, to within three days.")
@BY
def lost_code(body: str, complainant: str, category: Category, filed_on: datetime, by: str) -> None:
    """Somebody who gave their name lost their code, and tells their story at a desk that does not handle the case.

    Where it fits, they are shown number and a new code once within seven days, on their own phone, behind their own
    secret code. Nobody else is shown either, and whether it fits is told to nobody. Who asked is kept.
    """
    coop, _colon, number = complainant.partition(":")
    with acting(body, by, WATCHERS) as office:
        whose = member(office.db, home(office.db, coop), number)
        lost.ask(office.db, office.hand, Story(whose, category, filed_on.date()), office.now)
    click.echo("if that is so, they see it once within 7 days: they dial, choose to follow a case, and type 1")


DESK = "the desk"  # instead of a phone, where wrong codes are counted
