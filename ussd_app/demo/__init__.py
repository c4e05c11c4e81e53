"""The demo: fictitious cooperatives read in by the same import as real ones, and a server with its own sender."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from flask import Flask
from sqlalchemy import Connection, select, update

from models import assemblies, grievances, members
from models.cooperatives import Cooperative
from models.grievances import Category, Complaint, Concerned, Name
from models.meetings import Meeting
from ussd_app import jobs, registers
from ussd_app.config import Config
from ussd_app.db import reading, transaction
from ussd_app.demo import lots, plans, yearly
from ussd_app.service import Service, of
from ussd_app.settings import BadSetting

FILES = Path(__file__).parent
WRITTEN_AT = datetime(2026, 11, 22, tzinfo=UTC)
NOUNS = ("cooperatives", "members", "dues", "payments", "lots", "meetings")


def load(service: Service) -> bool:
    """Read the demo data in, unless the database holds a cooperative already. Whether it was read.

    Raises BadSetting as `allow` does.
    """
    allow(service.config)
    with reading(service.engine) as db:
        if db.execute(select(Cooperative.id).limit(1)).one_or_none():
            return False
    now = service.clock()
    with transaction(service.engine) as db:
        for noun in NOUNS:  # the files are right whatever clock the demo is given
            registers.read_in(db, noun, FILES / f"{noun}.csv", max(now, WRITTEN_AT), lambda _rows: None)
        lots.share(db, now)
        _move_meetings(db, now)
        _write_bylaws(db)
        _file_cases(db, now)
        yearly.decide(db, now)
        plans.load(db, now)
        lots.settle(db, now)
    return True


def allow(config: Config) -> None:
    """Raises BadSetting where the demo has no place: in production, beside real members and without a phone page, and
    where messages would reach real phones: the numbers are invented, but may be somebody's.
    """
    if config.production:
        raise BadSetting("APP_MODE is production: the demo invents members, set APP_MODE=demo to see it.")
    if _reaches_people(config):
        raise BadSetting("GATEWAY reaches real phones: the demo data must not be loaded behind it.")


def _reaches_people(config: Config) -> bool:
    return any(config.accounts[name].reaches_people for name in config.routes.names)


def _move_meetings(db: Connection, now: datetime) -> None:
    """Keep the meetings to come ahead of whoever looks: by whole weeks, so that each stays on its weekday."""
    weeks = (now - WRITTEN_AT) // timedelta(weeks=1)
    for meeting_id, starts_at in db.execute(select(Meeting.id, Meeting.starts_at)).all():
        moved = starts_at + timedelta(weeks=max(weeks, 0))
        db.execute(update(Meeting).where(Meeting.id == meeting_id).values(starts_at=moved))


def _write_bylaws(db: Connection) -> None:
    """What the notices of the demo's bodies must name: without it no assembly of a COOP-CA can be called."""
    ids = db.execute(select(Cooperative.id).order_by(Cooperative.id)).scalars().all()
    for number, cooperative_id in enumerate(ids, start=1):
        said = {"capital": number * 2_500_000, "seat": "Sanoudougou", "registration": f"ML-SDG-{number:04d}"}
        assemblies.set_bylaws(db, cooperative_id, said)


def _file_cases(db: Connection, now: datetime) -> None:
    """Minute by minute, so that they stand in the order of the file."""
    with (FILES / "cases.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            complaint, at = _complaint(db, row), now - timedelta(minutes=9 - number)
            if row["by_sms"] == "yes":
                grievances.file_by_sms(db, complaint, f"demo:{number}", at)
            else:
                grievances.file(db, complaint, f"demo:{number}", at)


def _complaint(db: Connection, row: dict[str, str]) -> Complaint:
    speaker = members.on_phone(db, row["phone"])[0]
    kind = (Category(row["category"]), Concerned(row["concerned"]), Name(row["name"]))
    return Complaint(*kind, row["words"], speaker.cooperative_id, speaker.member_id, row["phone"])


def serve(app: Flask, port: int) -> None:
    """Serve on 127.0.0.1 with one worker of many threads; its sender and its scheduler run beside it."""
    from gunicorn.app.base import BaseApplication  # only the demo serves by itself

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            self.cfg.set("bind", f"127.0.0.1:{port}")
            self.cfg.set("threads", 8)
            self.cfg.set("control_socket_disable", True)
            self.cfg.set("post_worker_init", _start)

        def load(self) -> Flask:
            return app

    # The worker is a fork: it must not share the connections of its parent.
    of(app).engine.dispose()
    Server().run()


def _start(worker: Any) -> None:
    """Send and tick beside the pages."""
    running = of(worker.app.wsgi())
    Thread(target=running.sender().run, args=(0.5, Event()), daemon=True).start()
    Thread(target=jobs.run, args=(running,), daemon=True).start()
