"""Commands for alerts on a cooperative: raised, explanation asked and given, judged, brought to the assembly, listed.

BODY is the cooperative, or the body above it, of the officer who acts.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from models import alerts as book
from models.alerts import Did, Ground, Halt, Halted, Seen, Step, Taken
from ussd_app.commands.acting import BY, Acting, acting, home
from ussd_app.commands.refusing import refuse
from ussd_app.commands.typed import NUMBER

group = AppGroup("alerts", help="Alerts on a cooperative that may not go on; a wrong done to a person is a grievance.")
BODY, ALERT = click.argument("body"), click.argument("alert", type=NUMBER)
WORDS = click.option("--words", required=True, help="Why, in a few words; they are sealed.")
MEETING = click.option("--meeting", type=NUMBER, help="The assembly of the cooperative, as in `meetings show`.")
HALTED: Mapping[Halt, str] = {
    Halt.UNKNOWN: "no such alert for this officer; `alerts list BODY --by N` lists those there are",
    Halt.NOT_YOURS: "--by must name surveillance of the cooperative, an officer of a body above it, or, to answer, "
    "its president",
    Halt.NOT_NOW: "the alert does not stand where this is done; look at it with `alerts list BODY ALERT --by N`",
    Halt.OPEN: "this alert is raised already and not over yet; `alerts list BODY --by N` shows it",
    Halt.MEETING: "give an assembly of the cooperative: to report or convene one to come, to close one that met since",
    Halt.SAME_PERSON: "who shares a phone with who answered does not judge the answer; --by must name another",
    Halt.NO_WORDS: "--words must say why",
}


@contextmanager
def _office(body: str, by: str) -> Iterator[Acting]:
    """What cannot be done to an alert, in one sentence."""
    try:
        with acting(body, by) as office:
            yield office
    except Halted as error:
        refuse(HALTED[error.halt])


def _taken(body: str, by: str, alert: int, step: Step) -> None:
    with _office(body, by) as office:
        seen = book.take(office.db, office.hand, alert, step, office.now)
    until = f", answer by {seen.answer_by}" if seen.state is book.State.ASKED else ""
    click.echo(f"{seen.state}{until}")


@group.command("raise")
@BODY
@click.argument("ground", type=click.Choice([each.value for each in Ground]))
@click.option("--on", "cooperative", help="The cooperative below BODY that it is about; BODY itself when not given.")
@WORDS
@BY
def raise_(body: str, ground: str, cooperative: str | None, words: str, by: str) -> None:
    """Raise an alert, as surveillance of BODY or, with --on, as an officer of a body above. Prints its number."""
    with _office(body, by) as office:
        about = home(office.db, cooperative or body).id
        click.echo(book.trigger(office.db, office.hand, about, Ground(ground), words, office.now))


@group.command()
@BODY
@ALERT
@click.option("--orally", is_flag=True, help="It was asked by word of mouth, and is noted here.")
@WORDS
@BY
def ask(body: str, alert: int, orally: bool, words: str, by: str) -> None:
    """Ask the management for an explanation: its president is told by SMS, and has one month (AUSCOOP 119)."""
    _taken(body, by, alert, Step(Did.SPEAK if orally else Did.WRITE, words))


@group.command()
@BODY
@ALERT
@WORDS
@BY
def answer(body: str, alert: int, words: str, by: str) -> None:
    """Explain, as the president of the cooperative."""
    _taken(body, by, alert, Step(Did.ANSWER, words))


@group.command()
@BODY
@ALERT
@click.argument("verdict", type=click.Choice(["accepted", "not_satisfied"]))
@WORDS
@BY
def judge(body: str, alert: int, verdict: str, words: str, by: str) -> None:
    """Accept the explanation, which ends the alert, or say that it is not enough."""
    _taken(body, by, alert, Step(Did.ACCEPT if verdict == "accepted" else Did.REFUSE, words))


@group.command()
@BODY
@ALERT
@click.option("--urgent", is_flag=True, help="An urgent assembly is convened for it.")
@MEETING
@WORDS
@BY
def report(body: str, alert: int, urgent: bool, meeting: int | None, words: str, by: str) -> None:
    """Note the special report to the next assembly, or the urgent assembly that is convened."""
    _taken(body, by, alert, Step(Did.CONVENE if urgent else Did.REPORT, words, meeting))


@group.command()
@BODY
@ALERT
@MEETING
@WORDS
@BY
def close(body: str, alert: int, meeting: int | None, words: str, by: str) -> None:
    """Close an alert with what the assembly decided."""
    _taken(body, by, alert, Step(Did.CLOSE, words, meeting))


@group.command("list")
@BODY
@click.argument("alert", type=NUMBER, required=False)
@BY
def list_(body: str, alert: int | None, by: str) -> None:
    """List the alerts that an officer may see, those that are late first; or show every step of one, with its words."""
    with _office(body, by) as office:
        if alert is None:
            for each in book.listed(office.db, office.hand, office.now):
                click.echo(_line(office, each))
            return
        seen = book.one(office.db, office.hand, alert)
        if seen is None:
            raise Halted(Halt.UNKNOWN)
        click.echo(_line(office, seen))
        for taken in book.history(office.db, office.hand, alert):
            click.echo(_step(seen, taken))


def _line(office: Acting, each: Seen) -> str:
    late = "\tlate" if each.late(office.now) else ""
    due = f"\tanswer by {each.answer_by}" if each.answer_by else ""
    raised = each.raised_at.astimezone(each.zone)
    said = f"{each.alert_id}\t{each.cooperative}\t{each.ground}\t{each.stands(office.now)}"
    return f"{said}\traised {raised:%Y-%m-%d} by {each.body}{due}{late}"


def _step(seen: Seen, taken: Taken) -> str:
    at = taken.at.astimezone(seen.zone)
    by = f"{taken.role} {taken.number} of {taken.body}" if taken.role else "-"
    meeting = f"assembly of {taken.meeting_at.astimezone(seen.zone):%Y-%m-%d}" if taken.meeting_at else "-"
    return "\t".join([f"{at:%Y-%m-%d %H:%M}", taken.did, by, meeting, taken.words or "-"])


COMMANDS = (group,)
