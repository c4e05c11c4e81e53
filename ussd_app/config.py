"""The settings, read once from the environment. A bad or missing one stops the start with a sentence that names it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from models.vault import Keys, field_key
from ussd_app import failpoints
from ussd_app.failpoints import FailPoint
from ussd_app.families import families
from ussd_app.gateways import Account, Adapter
from ussd_app.gateways.every import EVERY
from ussd_app.routes import Rates, Routes, prices, rates
from ussd_app.settings import BadSetting, Mode, Settings

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of the service. `accounts` holds what a message can be sent through, by gateway.

    `families` are gateways that are only settings, by name.
    """

    mode: Mode
    port: int
    database_url: str
    ledger_heads: Path | None
    redis_url: str | None
    secret_key: str
    webhook_secrets: tuple[str, ...]
    service_code: str
    routes: Routes
    rates: Rates
    prices: Mapping[str, float]
    accounts: Mapping[str, Account]
    families: Mapping[str, Adapter]
    keys: Keys
    lease_seconds: int
    indoubt_seconds: int
    tick_seconds: int
    clock_file: Path | None
    metrics_token: str | None
    failpoint: FailPoint | None

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read the environment. Raises BadSetting with one sentence that names the variable."""
        return _Reader(os.environ if environ is None else environ).config()

    @property
    def production(self) -> bool:
        """Whether real people depend on it."""
        return self.mode is Mode.PRODUCTION


class _Reader(Settings):
    def config(self) -> Config:
        routes = self._routes()
        accounts = {
            name: account
            for name, each in EVERY.items()
            if each.account and (account := each.account(self, name in routes.names)) is not None
        }
        return Config(
            mode=self.mode,
            port=self.port(),
            database_url=self._database_url(),
            ledger_heads=self._ledger_heads(),
            redis_url=self._redis_url(),
            secret_key=self.secret("SECRET_KEY"),
            webhook_secrets=self.webhook_secrets(),
            service_code=self._service_code(),
            routes=routes,
            rates=self._rates(),
            prices=self._prices(),
            accounts=accounts,
            families=self._families(),
            keys=Keys(self._field_keys(), self.secret("INDEX_KEY"), self.secret("PIN_PEPPER")),
            lease_seconds=self.seconds("LEASE_SECONDS", 60),
            indoubt_seconds=self.seconds("INDOUBT_WINDOW_SECONDS", 600),
            tick_seconds=self.seconds("TICK_SECONDS", 5),
            clock_file=self._clock_file(),
            metrics_token=self._metrics_token(),
            failpoint=failpoints.read(self),
        )

    def _field_keys(self) -> tuple[str, ...]:
        keys = self.secrets("FIELD_KEYS")
        for each in keys:
            try:
                field_key(each)
            except ValueError as error:
                raise BadSetting("FIELD_KEYS must hold keys of 32 random bytes in URL-safe base64.") from error
        return keys

    def _database_url(self) -> str:
        value = self.value("DATABASE_URL") or f"sqlite:///{ROOT / 'instance' / 'cooperatives.sqlite3'}"
        try:
            url = make_url(value)
        except ArgumentError as error:
            raise BadSetting("DATABASE_URL is not a database address such as postgresql://user@host/name.") from error
        kind = url.get_backend_name()
        if kind not in ("sqlite", "postgresql", "postgres"):
            raise BadSetting("DATABASE_URL must begin with sqlite: or postgresql:.")
        driver = "sqlite" if kind == "sqlite" else "postgresql+psycopg"
        return url.set(drivername=driver).render_as_string(hide_password=False)

    def _ledger_heads(self) -> Path | None:
        """The file beside an SQLite file; in instance/ for a server, by its address. None for books in memory alone."""
        value, url = self.value("LEDGER_HEADS"), make_url(self._database_url())
        if value is not None:
            return Path(value)
        if url.get_backend_name() == "sqlite":
            return Path(f"{url.database}.heads") if url.database and url.database != ":memory:" else None
        address = sha256(url.set(password=None).render_as_string().encode()).hexdigest()
        return ROOT / "instance" / f"heads-{address[:16]}.jsonl"

    def _redis_url(self) -> str | None:
        value = self.value("REDIS_URL")
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise BadSetting("REDIS_URL must begin with redis://, rediss:// or unix://.")
        return value

    def _service_code(self) -> str:
        value = self.required("SERVICE_CODE")
        if not (value.startswith("*") and value.endswith("#") and value.strip("*#").replace("*", "").isdigit()):
            raise BadSetting("SERVICE_CODE must look like *384*77#.")
        return value

    def _routes(self) -> Routes:
        default = "phone" if self.mode is not Mode.PRODUCTION else "africastalking"
        names = tuple(name for name, each in EVERY.items() if each.account is not None)
        gateway = self.one_of("GATEWAY", default, names)
        try:
            routes = Routes.read(self.value("ROUTES") or "", gateway)
        except ValueError as error:
            raise BadSetting(f"ROUTES is not right: {error}.") from error
        if unknown := routes.names - set(names):
            raise BadSetting(f"ROUTES names no gateway with {min(unknown)}: use {', '.join(names)}.")
        if "phone" in routes.names and self.mode is Mode.PRODUCTION:
            name = "GATEWAY" if gateway == "phone" else "ROUTES"
            raise BadSetting(f"{name}=phone delivers to the demo's phone page: choose another in production.")
        return routes

    def _rates(self) -> Rates:
        try:
            found = rates(self.value("RATES") or "")
        except ValueError as error:
            raise BadSetting(f"RATES is not right: {error}.") from error
        if unknown := found.keys() - EVERY.keys():
            raise BadSetting(f"RATES names no gateway with {min(unknown)}: use {', '.join(EVERY)}.")
        return found

    def _prices(self) -> Mapping[str, float]:
        try:
            return prices(self.value("SMS_PRICES") or "")
        except ValueError as error:
            raise BadSetting(f"SMS_PRICES is not right: {error}.") from error

    def _families(self) -> Mapping[str, Adapter]:
        try:
            return families(self.value("USSD_GATEWAYS") or "", {*EVERY, "sms", "terminal"})
        except ValueError as error:
            raise BadSetting(f"USSD_GATEWAYS is not right: {error}.") from error

    def _clock_file(self) -> Path | None:
        value = self.value("APP_CLOCK_FILE")
        if value is not None and self.mode is Mode.PRODUCTION:
            raise BadSetting("APP_CLOCK_FILE moves the clock for tests: it must not be set in production.")
        return Path(value) if value else None

    def _metrics_token(self) -> str | None:
        return self.secret("METRICS_TOKEN") if self.value("METRICS_TOKEN") else None
