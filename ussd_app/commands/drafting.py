"""What a broadcast command was given, as a draft: to whom, which words, how urgent, from when on and until when."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from flows import announcement_words, templates
from flows.templates import GAPS, OF_THE_COOPERATIVE, PUBLISHED
from models import announcing, groups, gsm, meetings, quiet
from models.audiences import Audience
from models.broadcasts import Draft
from models.grievances import published
from models.groups import Group
from models.members import Role, Sex
from models.messages import Urgency
from ussd_app.commands import acting
from ussd_app.commands.refusing import refuse
from ussd_app.commands.typed import NUMBER
from ussd_app.registers.homes import Home
from ussd_app.service import Service

# Longer texts are many SMS to pay for, and some networks cut them off there.
PARTS_AT_MOST = 6
LATE = timedelta(hours=1)
CALENDAR = range(2000, 2101)
ANSWERS = {"yes": True, "no": False, "none": None}
WHO = (
    click.option("--cooperative", "code", required=True, help="The code of the cooperative."),
    click.option("--text", help="What it says; - reads it from standard input."),
    click.option("--template", type=click.Choice([*GAPS, *PUBLISHED]), help="A text in each member's own language."),
    click.option("--with", "gaps", multiple=True, metavar="NAME=WORDS", help="Fills a gap of the template."),
    click.option("--below", is_flag=True, help="With all that stand below a union, federation or confederation."),
    click.option(
        "--role", "roles", multiple=True, type=click.Choice([each.value for each in Role]), help="Only these."
    ),
    click.option("--sex", type=click.Choice([each.value for each in Sex])),
    click.option("--language", type=click.Choice(gsm.LANGUAGES), help="Only those who are spoken to in it."),
    click.option("--member", "numbers", multiple=True, help="Only these member numbers."),
    click.option("--site", "sites", multiple=True, help="Only who works there (`members place`)."),
    click.option("--team", "teams", multiple=True, help="Only who is in this team (`members place`)."),
    click.option("--meeting", type=NUMBER, help="Only who answered to this meeting, as --answer says."),
    click.option("--answer", type=click.Choice([*ANSWERS]), default="yes", show_default=True),
    click.option("--late", is_flag=True, help="Only those who owe dues that are past their day."),
    click.option("--urgent", is_flag=True, help="A safety alert: at any hour, also to who wants no notices."),
    click.option("--campaign", is_flag=True, help="Leaves after everything else."),
    click.option("--at", help="From when on: an ISO time, local to the cooperative where it names no zone."),
    click.option("--until", help="After this time it is not sent any more."),
)


def asked(command: click.decorators.FC) -> click.decorators.FC:
    """Give a command these options."""
    for option in reversed(WHO):
        command = option(command)
    return command


def draft(db: Connection, given: Mapping[str, Any], running: Service) -> Draft:
    """A draft from what was given. Ends with a sentence when the cooperative, a time or the words are none."""
    home = acting.home(db, given["code"])
    now = running.clock()
    kind, facts = _words(db, given, home)
    over = _over(kind, facts, home.zone, now)
    audience = _audience(db, given, home)
    urgency = Urgency.ALERT if given["urgent"] else Urgency.CAMPAIGN if given["campaign"] else Urgency.NOTICE
    begins, ends = (_moment(given[each], home.zone) for each in ("at", "until"))
    if over is not None:
        ends = over if ends is None else min(ends, over)
    if ends is not None and ends <= (begins or now):
        refuse("--until is not after the time from when on it is sent")
    if begins is not None and begins < now - LATE:
        refuse(f"--at {begins.isoformat()} is over")
    if ends is not None and urgency >= Urgency.NOTICE and quiet.of(db, home.id).over(begins or now) >= ends:
        refuse("it would be over before the morning, and notices wait for it: give a later end, or --urgent for danger")
    made = running.weigh(Draft(home.id, audience, kind, facts, urgency, begins or now, not_after=ends))
    if (longest := max(made.parts.values(), default=1)) > PARTS_AT_MOST:
        refuse(f"the text is {longest} SMS long: at most {PARTS_AT_MOST}")
    return made


def _day(said: str) -> date:
    """A day as it is written here. Ends with a sentence where it is none."""
    try:
        found = datetime.strptime(said.strip(), "%d/%m/%Y" if "/" in said else "%Y-%m-%d")  # noqa: DTZ007 - a day has none
    except ValueError:
        refuse(f"{said} is no day: write it like 2026-12-01")
    return found.date()


def _over(kind: str, facts: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> datetime | None:
    """When a text that names a day is over. Ends with a sentence for one that is over already."""
    if "day" not in facts:
        return None
    day = date.fromisoformat(facts["day"])
    over = templates.ends(kind, day, zone)
    if over is not None and over <= now:
        refuse(f"the day {day.isoformat()} is over")
    return over


def _audience(db: Connection, given: Mapping[str, Any], home: Home) -> Audience:
    """To whom it goes. Ends with a sentence for a meeting, a site or a team that is not there."""
    everybody = Audience(home.id)
    if given["meeting"] is not None:
        if meetings.announced(db, home.id, given["meeting"]) is None:
            refuse(f"no meeting {given['meeting']}; `meetings show` lists them with their numbers")
        everybody = announcing.invited(db, given["meeting"], home.id)
    for group, wanted in ((Group.SITE, given["sites"]), (Group.TEAM, given["teams"])):
        known = groups.names(db, home.id, group)
        if unknown := [each for each in wanted if each not in known and not given["below"]]:
            refuse(f"no {group} {unknown[0]!r}; there is {', '.join(known) or 'none: `members place` says them'}")
    return replace(
        everybody,
        below=given["below"],
        roles=tuple(Role(each) for each in given["roles"]) or everybody.roles,
        sex=Sex(given["sex"]) if given["sex"] else everybody.sex,
        language=given["language"],
        numbers=given["numbers"],
        coming=None if given["meeting"] is None else (given["meeting"], ANSWERS[given["answer"]]),
        late=given["late"],
        sites=given["sites"] or everybody.sites,
        teams=given["teams"] or everybody.teams,
    )


def _words(db: Connection, given: Mapping[str, Any], home: Home) -> tuple[str, dict[str, Any]]:
    if (given["text"] is None) == (given["template"] is None):
        refuse("give --text or --template, one of them")
    if given["template"] is None:
        text = (sys.stdin.read() if given["text"] == "-" else given["text"]).strip()
        if not text:
            refuse("the text is empty")
        return "words", {"text": sayable(text)}
    filled = dict(each.partition("=")[::2] for each in given["gaps"])
    wanted = GAPS.get(given["template"], ("year",))
    if filled.keys() != set(wanted) or not all(map(str.strip, filled.values())):
        refuse(
            f"the template {given['template']} needs {' '.join(f'--with {each}=…' for each in wanted) or 'no --with'}"
        )
    for filling in filled.values():
        sayable(filling)
    if "day" in filled:
        filled["day"] = _day(filled["day"]).isoformat()
    known = {"cooperative": home.name} if given["template"] in OF_THE_COOPERATIVE else {}
    return given["template"], filled | known | _published(db, given["template"], home, filled)


def sayable(text: str) -> str:
    """A text that an SMS can say. Ends with a sentence when a sign of it would be lost."""
    lost = announcement_words.unsayable(text)
    if lost is not None:
        refuse(f"no SMS can say {lost!r} (U+{ord(lost[0]):04X}): write the text without it")
    return text


def _published(db: Connection, template: str, home: Home, filled: Mapping[str, str]) -> dict[str, int | None]:
    """What a text says that was published before."""
    if template not in PUBLISHED:
        return {}
    found = published.of(db, home.id, filled["year"])
    if found is None or not filled["year"].isdigit():
        refuse(f"nothing was published of the cases of {filled['year']}; `figures publish` does it, for a whole year")
    return found.settled()


def _moment(at: str | None, zone: ZoneInfo) -> datetime | None:
    if at is None:
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        refuse(f"{at} is no time: write it like 2026-12-12T09:00")
    if moment.year not in CALENDAR:
        refuse(f"{at} is not of these years: from {CALENDAR.start} to {CALENDAR.stop - 1}")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
