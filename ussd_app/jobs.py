"""What runs when: a table. The only file that imports apscheduler."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from models import (
    alerts,
    announcing,
    approvals,
    doubts,
    handovers,
    nights,
    proposed_broadcasts,
    proposed_meetings,
    recurring,
    regular,
    second_keys,
    sessions,
)
from models.convening import NotCalled
from models.grievances import digest, floods, keeping, linked, threats, ticking
from models.limits import MonthSpent
from ussd_app import heads, proving, raising
from ussd_app.clock import Steps
from ussd_app.db import one_by_one, reading, transaction
from ussd_app.service import Service

if TYPE_CHECKING:
    from apscheduler.schedulers.base import BaseScheduler

log = logging.getLogger(__name__)
Job = Callable[[Service], None]
LOOK = 5.0  # seconds: how often the clock is looked at


def doubt(service: Service) -> None:
    """Messages whose sender died are in doubt; a doubt that no report settled is settled by the rule of its
    class; what would come too late is not sent any more.
    """
    with transaction(service.engine) as db:
        doubts.doubt(db, service.clock())
        doubts.expire(db, service.clock())
        doubts.settle(db, timedelta(seconds=service.config.indoubt_seconds), service.clock())


def repeat(service: Service) -> None:
    """What comes again by a rule is planned when its time has come; one that cannot be stops no other."""
    with reading(service.engine) as db:
        numbers = recurring.due(db, service.clock())
    for number in numbers:
        try:
            with transaction(service.engine) as db:
                came = proposed_broadcasts.plan_next(db, number, service.clock(), service.weigh)
        except MonthSpent:
            log.warning("recurring broadcast %s waits: the limit of the month is reached", number)
        else:
            if came == proposed_broadcasts.Came(None):
                log.warning("recurring broadcast %s was left out: it has grown, and nobody can propose it", number)


def convene(service: Service) -> None:
    """Meetings that are held by a rule are called when they are near; one that cannot be stops no other."""
    with reading(service.engine) as db:
        numbers = regular.due(db, service.clock())
    for number in numbers:
        try:
            with transaction(service.engine) as db:
                turn = proposed_meetings.call_next(db, number, service.clock(), service.weigh)
        except NotCalled:
            log.warning("regular meeting %s waits: the limit of the month is reached", number)
        else:
            if turn and turn.snag:
                log.warning("regular meeting %s was left out once: %s", number, turn.snag)


def forget(service: Service) -> None:
    """Conversations are kept for a day."""
    with transaction(service.engine) as db:
        sessions.forget(db, service.clock())


def prove(service: Service) -> None:
    """Once a night the books are proven; where they are not right, the supervisory board is told, and the office."""
    now = service.clock()
    with reading(service.engine) as db:
        if nights.over(db, now.date()):
            return
    found = proving.prove(service.engine, whole=True)
    for warning in found.warnings:
        log.warning(warning)
    if found.faults:
        log.error("the books are not right: run flask ledger check")
    with transaction(service.engine) as db:
        nights.tell(db, found.faults, now)


def raise_dues(service: Service) -> None:
    """What dues plans ask for is charged on its day, and what is late gets its penalty."""
    raising.raise_all(service)


def expire(service: Service) -> None:
    """Proposals that nobody decided on within 24 hours are recorded as expired, and their authors told."""
    with transaction(service.engine) as db:
        approvals.expire(db, service.clock())


def remind(service: Service) -> None:
    """Members are reminded of a meeting 7 days, 1 day and 2 hours before; what is late is told no more."""
    with transaction(service.engine) as db:
        announcing.remind(db, service.clock(), service.weigh)


def inform(service: Service) -> None:
    """Members read what was published of the cases of a year, a week before their ordinary assembly."""
    with transaction(service.engine) as db:
        digest.tell(db, service.clock(), service.weigh)


def ask_keys(service: Service) -> None:
    """Those whose second key is wanted are told that something waits."""
    with transaction(service.engine) as db:
        second_keys.ask(db, service.clock())


def hand_over(service: Service) -> None:
    """Roles that two officers agreed to hand over go to the other member on their day."""
    with transaction(service.engine) as db:
        handovers.fulfil(db, service.clock())


def lapse(service: Service) -> None:
    """Who asked for an explanation is told when its month is over without an answer."""
    with transaction(service.engine) as db:
        alerts.lapse(db, service.clock())


def _case_by_case(
    service: Service,
    due: Callable[[Connection, datetime], list[int]],
    do: Callable[[Connection, int, datetime], object],
) -> None:
    """Do what is due with each case; one that cannot stops no other."""
    now = service.clock()
    with reading(service.engine) as db:
        waiting = due(db, now)
    one_by_one(service.engine, waiting, lambda db, case_id: do(db, case_id, now), "a case was left as it was")


def attend(service: Service) -> None:
    """Those who handle cases are reminded, what nobody attends to goes up, and a threat over a case that nobody was
    above is told to who is above by now.
    """
    _case_by_case(service, ticking.due, ticking.attend)
    with reading(service.engine) as db:
        threatened = threats.untold(db)
    one_by_one(service.engine, threatened, threats.tell_above, "a threat was not told yet")
    with transaction(service.engine) as db:
        floods.forget(db, service.clock())


def keep(service: Service) -> None:
    """Cases that were kept long enough become counts; where their chain stands is kept outside the database."""
    with transaction(service.engine) as db:
        keeping.forget_callers(db, service.clock())
    _case_by_case(service, keeping.due, keeping.drop)
    with reading(service.engine) as db:
        end = linked.end(db)
    heads.keep_cases(service.engine, end)


JOBS: Mapping[Job, timedelta] = {
    doubt: timedelta(minutes=1),
    repeat: timedelta(minutes=1),
    convene: timedelta(minutes=1),
    remind: timedelta(minutes=1),
    ask_keys: timedelta(minutes=1),
    inform: timedelta(minutes=5),
    hand_over: timedelta(minutes=5),
    attend: timedelta(minutes=5),
    expire: timedelta(minutes=5),
    prove: timedelta(minutes=10),
    forget: timedelta(hours=1),
    lapse: timedelta(hours=1),
    raise_dues: timedelta(hours=1),
    keep: timedelta(hours=1),
}


def materialise(service: Service) -> None:
    """Put into the outbox all that is due by now."""
    for job in (doubt, repeat, convene, remind, inform):
        job(service)


def run_once(service: Service) -> None:
    """Run every job now. Each may run any number of times: it does what is due, once."""
    for job in JOBS:
        job(service)


def hurry(scheduler: "BaseScheduler") -> None:
    """Have every job look now."""
    for job in scheduler.get_jobs():
        job.modify(next_run_time=datetime.now(UTC))


def _watch(scheduler: "BaseScheduler", stop: Event) -> None:
    steps = Steps()
    while not stop.wait(LOOK):
        if steps.back():
            log.warning("the clock was set back: every job looks now")
            hurry(scheduler)


def run(service: Service) -> None:
    """Tick until the process ends. The scheduler owns no schedule: it only asks the jobs to look, first at once.

    It waits for a time of the clock on the wall, so one that is set back would stop it for as long as the step: that is
    watched.
    """
    from apscheduler.schedulers.blocking import BlockingScheduler  # heavy, and no other process needs it

    settings = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    scheduler = BlockingScheduler(timezone="UTC", job_defaults=settings)
    for job, every in JOBS.items():
        now = datetime.now(UTC)
        scheduler.add_job(job, "interval", [service], seconds=every.total_seconds(), next_run_time=now)
    stop = Event()
    Thread(target=_watch, args=(scheduler, stop), daemon=True).start()
    try:
        scheduler.start()
    finally:
        stop.set()
