"""The parts of the running service, put together once from the settings."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from flask import Flask, current_app
from sqlalchemy import Engine

from flows import estimates, i18n
from models import vault
from models.drafts import Weigh
from ussd_app import db, failpoints, memory
from ussd_app.clock import Clock, clock
from ussd_app.config import ROOT, Config
from ussd_app.exchange import Exchange
from ussd_app.gateways import Gateway
from ussd_app.gateways.every import EVERY
from ussd_app.sender import Sender
from ussd_app.sms import Postbox
from ussd_app.ussd import Switchboard


@dataclass(frozen=True, slots=True)
class Service:
    """What the web pages and the commands share."""

    config: Config
    engine: Engine
    memory: memory.Memory
    clock: Clock

    @property
    def switchboard(self) -> Switchboard:
        """Answers presses."""
        return Switchboard(self.engine, self.memory, self.clock, self.config.service_code, self.config.prices)

    @property
    def weigh(self) -> Weigh:
        """How many SMS a draft is in each language, and what they cost."""
        return partial(estimates.weighed, service_code=self.config.service_code, known=self.config.prices)

    @property
    def postbox(self) -> Postbox:
        """Takes SMS and reports."""
        return Postbox(self.engine, self.clock, self.config.service_code, self.switchboard)

    def sender(self) -> Sender:
        """A sender over the gateways of the settings."""
        lease = timedelta(seconds=self.config.lease_seconds)
        window = timedelta(seconds=self.config.indoubt_seconds)
        return Sender(self.engine, self._exchange(), self.clock, self.config.service_code, lease, window)

    def _exchange(self) -> Exchange:
        names = sorted(self.config.routes.names)
        gateways = {name: self._gateway(name) for name in names}
        return Exchange(self.engine, self.clock, self.config.routes, gateways, self.config.rates)

    def _gateway(self, name: str) -> Gateway:
        opened = EVERY[name].gateway
        assert opened is not None  # noqa: S101 - Config takes no other name
        return opened(self.config.accounts[name])


def assemble(config: Config) -> Service:
    """Put the service together."""
    vault.use(config.keys)
    i18n.load(ROOT / "locales")
    failpoints.arm(config.failpoint)
    return Service(
        config,
        db.engine(config.database_url, config.ledger_heads),
        memory.memory(config.redis_url),
        clock(config.clock_file),
    )


def of(app: Flask) -> Service:
    """The service of an application."""
    service: Service = app.extensions["service"]
    return service


def current() -> Service:
    """The service of the command or request that is running."""
    return of(current_app)
