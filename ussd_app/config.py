"""The settings, read once from the environment. A bad or missing one stops the start with a sentence that names it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from models.vault import Keys, field_key

ROOT = Path(__file__).resolve().parent.parent
GATEWAY_NAMES = ("console", "phone", "africastalking")
SANDBOX = "https://api.sandbox.africastalking.com/version1"
LIVE = "https://api.africastalking.com/version1"

# For the demo and for development only: production refuses them.
DEVELOPMENT = {
    "SECRET_KEY": "development-only-secret-key",
    "WEBHOOK_SECRETS": "development-only",
    "FIELD_KEYS": "ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMCE=",
    "INDEX_KEY": "development-only-index-key",
    "PIN_PEPPER": "development-only-pepper",
    "SERVICE_CODE": "*384*77#",
}


class Mode(StrEnum):
    """Where the service runs."""

    DEMO = "demo"
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class BadSetting(ValueError):
    """A setting is missing or wrong; the sentence names it and never repeats a secret."""


@dataclass(frozen=True, slots=True)
class AfricasTalking:
    """An account at Africa's Talking. `url` is the base address, with /version1."""

    username: str
    api_key: str
    sender_id: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of the service."""

    mode: Mode
    database_url: str
    ledger_heads: Path | None
    redis_url: str | None
    secret_key: str
    webhook_secrets: tuple[str, ...]
    service_code: str
    gateway: str
    africastalking: AfricasTalking | None
    keys: Keys
    lease_seconds: int
    tick_seconds: int
    clock_file: Path | None

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read the environment. Raises BadSetting with one sentence that names the variable."""
        return _Reader(os.environ if environ is None else environ).config()

    @property
    def production(self) -> bool:
        """Whether real people depend on it."""
        return self.mode is Mode.PRODUCTION


def is_local(url: str) -> bool:
    """Whether an address is on this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and parts.hostname in ("127.0.0.1", "localhost", "::1")


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.mode = self._one_of("APP_MODE", Mode.PRODUCTION, tuple(Mode))

    def config(self) -> Config:
        mode = Mode(self.mode)
        return Config(
            mode=mode,
            database_url=self._database_url(),
            ledger_heads=self._ledger_heads(),
            redis_url=self._redis_url(),
            secret_key=self._secret("SECRET_KEY"),
            webhook_secrets=self._webhook_secrets(),
            service_code=self._service_code(),
            gateway=self._gateway(),
            africastalking=self._africastalking(),
            keys=Keys(self._field_keys(), self._secret("INDEX_KEY"), self._secret("PIN_PEPPER")),
            lease_seconds=self._seconds("LEASE_SECONDS", 60),
            tick_seconds=self._seconds("TICK_SECONDS", 5),
            clock_file=self._clock_file(),
        )

    def _value(self, name: str) -> str | None:
        return self.environ.get(name, "").strip() or None

    def _required(self, name: str) -> str:
        value = self._value(name)
        if value is None and self.mode is not Mode.PRODUCTION:
            value = DEVELOPMENT.get(name)
        if value is None:
            raise BadSetting(f"{name} is missing: set it in the environment.")
        return value

    def _one_of(self, name: str, default: str, known: tuple[str, ...]) -> str:
        value = self._value(name) or default
        if value not in known:
            raise BadSetting(f"{name} must be one of {', '.join(known)}.")
        return next(each for each in known if each == value)

    def _strong(self, name: str, value: str) -> str:
        if self.mode is not Mode.PRODUCTION:
            return value
        if value in DEVELOPMENT.values() or value in DEVELOPMENT["WEBHOOK_SECRETS"].split(","):
            raise BadSetting(f"{name} holds the development value: draw a random one.")
        if len(value) < 20 or len(set(value)) < 8:
            raise BadSetting(f"{name} is too weak: use at least 20 random characters.")
        return value

    def _secret(self, name: str) -> str:
        return self._strong(name, self._required(name))

    def _webhook_secrets(self) -> tuple[str, ...]:
        secrets = tuple(each.strip() for each in self._required("WEBHOOK_SECRETS").split(",") if each.strip())
        for each in secrets:
            self._strong("WEBHOOK_SECRETS", each)
            if not all(letter.isascii() and (letter.isalnum() or letter in "-_.~") for letter in each):
                raise BadSetting("WEBHOOK_SECRETS stands in an address: use letters, digits and - _ . ~ only.")
        if not secrets:
            raise BadSetting("WEBHOOK_SECRETS is missing: set it in the environment.")
        return secrets

    def _field_keys(self) -> tuple[str, ...]:
        keys = tuple(each.strip() for each in self._required("FIELD_KEYS").split(",") if each.strip())
        for each in keys:
            self._strong("FIELD_KEYS", each)
            try:
                field_key(each)
            except ValueError as error:
                raise BadSetting("FIELD_KEYS must hold keys of 32 random bytes in URL-safe base64.") from error
        if not keys:
            raise BadSetting("FIELD_KEYS is missing: set it in the environment.")
        return keys

    def _database_url(self) -> str:
        value = self._value("DATABASE_URL") or f"sqlite:///{ROOT / 'instance' / 'cooperatives.sqlite3'}"
        try:
            url = make_url(value)
        except ArgumentError as error:
            raise BadSetting("DATABASE_URL is not a database address such as postgresql://user@host/name.") from error
        kind = url.get_backend_name().replace("postgres", "postgresql").replace("postgresqlql", "postgresql")
        if kind not in ("sqlite", "postgresql"):
            raise BadSetting("DATABASE_URL must begin with sqlite: or postgresql:.")
        driver = "sqlite" if kind == "sqlite" else "postgresql+psycopg"
        return url.set(drivername=driver).render_as_string(hide_password=False)

    def _ledger_heads(self) -> Path | None:
        """The file beside an SQLite file; in instance/ for a server, by its address. None for books in memory alone."""
        value, url = self._value("LEDGER_HEADS"), make_url(self._database_url())
        if value is not None:
            return Path(value)
        if url.get_backend_name() == "sqlite":
            return Path(f"{url.database}.heads") if url.database and url.database != ":memory:" else None
        address = sha256(url.set(password=None).render_as_string().encode()).hexdigest()
        return ROOT / "instance" / f"heads-{address[:16]}.jsonl"

    def _redis_url(self) -> str | None:
        value = self._value("REDIS_URL")
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise BadSetting("REDIS_URL must begin with redis://, rediss:// or unix://.")
        return value

    def _service_code(self) -> str:
        value = self._required("SERVICE_CODE")
        if not (value.startswith("*") and value.endswith("#") and value.strip("*#").replace("*", "").isdigit()):
            raise BadSetting("SERVICE_CODE must look like *384*77#.")
        return value

    def _gateway(self) -> str:
        default = "phone" if self.mode is not Mode.PRODUCTION else "africastalking"
        gateway = self._one_of("GATEWAY", default, GATEWAY_NAMES)
        if gateway == "phone" and self.mode is Mode.PRODUCTION:
            raise BadSetting("GATEWAY=phone delivers to the demo's phone page: choose another in production.")
        return gateway

    def _africastalking(self) -> AfricasTalking | None:
        needed = self._gateway() == "africastalking"
        username, key = self._value("AFRICASTALKING_USERNAME"), self._value("AFRICASTALKING_API_KEY")
        if not needed and not (username and key):
            return None
        if username is None:
            raise BadSetting("AFRICASTALKING_USERNAME is missing: set it in the environment.")
        if key is None:
            raise BadSetting("AFRICASTALKING_API_KEY is missing: set it in the environment.")
        return AfricasTalking(
            username, key, self._value("AFRICASTALKING_SENDER_ID"), self._africastalking_url(username)
        )

    def _africastalking_url(self, username: str) -> str:
        url = (self._value("AFRICASTALKING_URL") or (SANDBOX if username == "sandbox" else LIVE)).rstrip("/")
        if urlsplit(url).scheme != "https" and not is_local(url):
            raise BadSetting("AFRICASTALKING_URL must begin with https://, since the key travels with each message.")
        return url

    def _seconds(self, name: str, default: int) -> int:
        value = self._value(name) or str(default)
        if not (value.isascii() and value.isdigit() and 0 < int(value) <= 86_400):
            raise BadSetting(f"{name} must be a number of seconds between 1 and 86400.")
        return int(value)

    def _clock_file(self) -> Path | None:
        value = self._value("APP_CLOCK_FILE")
        if value is not None and self.mode is Mode.PRODUCTION:
            raise BadSetting("APP_CLOCK_FILE moves the clock for tests: it must not be set in production.")
        return Path(value) if value else None
