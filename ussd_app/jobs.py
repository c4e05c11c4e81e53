"""What runs when: a table. The only file that imports apscheduler."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from flows import estimates
from models import announcing, approvals, doubts, handovers, nights, recurring, sessions
from models.grievances import ticking
from models.limits import MonthSpent
from ussd_app import proving, raising
from ussd_app.db import reading, transaction
from ussd_app.service import Service

log = logging.getLogger(__name__)
Job = Callable[[Service], None]


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
                recurring.plan_next(db, number, service.clock())
        except MonthSpent:
            log.warning("recurring broadcast %s waits: the limit of the month is reached", number)


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
        announcing.remind(db, service.clock(), partial(estimates.weighed, service_code=service.config.service_code))


def hand_over(service: Service) -> None:
    """Roles that two officers agreed to hand over go to the other member on their day."""
    with transaction(service.engine) as db:
        handovers.fulfil(db, service.clock())


def attend(service: Service) -> None:
    """Those who handle cases are reminded, and what nobody attends to goes up; nothing is closed by time."""
    with transaction(service.engine) as db:
        ticking.tick(db, service.clock())


JOBS: Mapping[Job, timedelta] = {
    doubt: timedelta(minutes=1),
    repeat: timedelta(minutes=1),
    remind: timedelta(minutes=1),
    hand_over: timedelta(minutes=5),
    attend: timedelta(minutes=5),
    expire: timedelta(minutes=5),
    prove: timedelta(minutes=10),
    forget: timedelta(hours=1),
    raise_dues: timedelta(hours=1),
}


def materialise(service: Service) -> None:
    """Put into the outbox all that is due by now."""
    for job in (doubt, repeat):
        job(service)


def run_once(service: Service) -> None:
    """Run every job now. Each may run any number of times: it does what is due, once."""
    for job in JOBS:
        job(service)


def run(service: Service) -> None:
    """Tick for ever. The scheduler owns no schedule: it only asks the jobs to look."""
    from apscheduler.schedulers.blocking import BlockingScheduler  # heavy, and no other process needs it

    settings = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    scheduler = BlockingScheduler(timezone="UTC", job_defaults=settings)
    for job, every in JOBS.items():
        scheduler.add_job(job, "interval", [service], seconds=every.total_seconds())
    scheduler.start()
