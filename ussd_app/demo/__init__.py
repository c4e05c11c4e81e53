"""The demo: fictitious cooperatives read in by the same import as real ones, and a server with its own sender."""

from pathlib import Path
from threading import Event, Thread
from typing import Any

from flask import Flask
from sqlalchemy import select

from models.cooperatives import Cooperative
from ussd_app import registers
from ussd_app.config import BadSetting
from ussd_app.db import reading, transaction
from ussd_app.service import Service, of

FILES = Path(__file__).parent
HARMLESS = ("phone", "console")
NOUNS = ("cooperatives", "members", "dues", "payments", "lots", "meetings")


def load(service: Service) -> bool:
    """Read the demo data in, unless the database holds a cooperative already. Whether it was read.

    Raises BadSetting where messages would reach real phones: the numbers are invented, but may be somebody's.
    """
    if service.config.gateway not in HARMLESS:
        raise BadSetting(f"GATEWAY must be {' or '.join(HARMLESS)} for the demo data.")
    with reading(service.engine) as db:
        if db.execute(select(Cooperative.id).limit(1)).one_or_none():
            return False
    with transaction(service.engine) as db:
        for noun in NOUNS:
            registers.read_in(db, noun, FILES / f"{noun}.csv", service.clock(), lambda _rows: None)
    return True


def serve(app: Flask, port: int) -> None:
    """Serve on 127.0.0.1 with one worker of many threads; its sender runs beside it."""
    from gunicorn.app.base import BaseApplication  # only the demo serves by itself

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            self.cfg.set("bind", f"127.0.0.1:{port}")
            self.cfg.set("threads", 8)
            self.cfg.set("post_worker_init", _start_sender)

        def load(self) -> Flask:
            return app

    # The worker is a fork: it must not share the connections of its parent.
    of(app).engine.dispose()
    Server().run()


def _start_sender(worker: Any) -> None:
    running = of(worker.app.wsgi())
    Thread(target=running.sender().run, args=(0.5, Event()), daemon=True).start()
