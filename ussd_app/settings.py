"""How settings are read: each by its name, each refused in one sentence that names it and repeats no secret."""

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

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


def is_local(url: str) -> bool:
    """Whether an address is on this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and parts.hostname in ("127.0.0.1", "localhost", "::1")


def is_near(url: str) -> bool:
    """Whether an address is on this machine or in its own network: a private number, or a name without a dot."""
    host = urlsplit(url).hostname or "."
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host


class Settings:
    """The environment, read by name."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self._held: dict[str, str] = {}  # the secrets read so far, and the name of each
        self.mode = Mode(self.one_of("APP_MODE", Mode.PRODUCTION, tuple(Mode)))

    def value(self, name: str) -> str | None:
        """What is set, or None."""
        return self.environ.get(name, "").strip() or None

    def required(self, name: str) -> str:
        """What is set; outside production, what development uses. Raises BadSetting when there is neither."""
        value = self.value(name)
        if value is None and self.mode is not Mode.PRODUCTION:
            value = DEVELOPMENT.get(name)
        if value is None:
            raise BadSetting(f"{name} is missing: set it in the environment.")
        return value

    def account(self, needed: bool, *names: str) -> tuple[str, ...] | None:
        """The values that make an account; None when not all are set and nobody needs it. Raises BadSetting."""
        if not needed and not all(map(self.value, names)):
            return None
        return tuple(map(self.required, names))

    def one_of(self, name: str, default: str, known: tuple[str, ...]) -> str:
        """One of some words. Raises BadSetting for another."""
        value = self.value(name) or default
        if value not in known:
            raise BadSetting(f"{name} must be one of {', '.join(known)}.")
        return next(each for each in known if each == value)

    def strong(self, name: str, value: str) -> str:
        """A secret; in production it must be hard to guess, and open one door only. Raises BadSetting."""
        if self.mode is not Mode.PRODUCTION:
            return value
        if value in DEVELOPMENT.values() or value in DEVELOPMENT["WEBHOOK_SECRETS"].split(","):
            raise BadSetting(f"{name} holds the development value: draw a random one.")
        if len(value) < 20 or len(set(value)) < 8:
            raise BadSetting(f"{name} is too weak: use at least 20 random characters.")
        first = self._held.setdefault(value, name)
        if first != name:
            raise BadSetting(f"{name} holds the same text as {first}: draw another one.")
        return value

    def secret(self, name: str) -> str:
        """A secret that must be there. Raises BadSetting."""
        return self.strong(name, self.required(name))

    def secrets(self, name: str) -> tuple[str, ...]:
        """Secrets with commas between. Raises BadSetting."""
        secrets = tuple(each.strip() for each in self.required(name).split(",") if each.strip())
        if not secrets:
            raise BadSetting(f"{name} is missing: set it in the environment.")
        return tuple(self.strong(name, each) for each in secrets)

    def webhook_secrets(self) -> tuple[str, ...]:
        """What stands in the callback addresses, the current one first. Raises BadSetting."""
        secrets = self.secrets("WEBHOOK_SECRETS")
        for each in secrets:
            if not all(letter.isascii() and (letter.isalnum() or letter in "-_.~") for letter in each):
                raise BadSetting("WEBHOOK_SECRETS stands in an address: use letters, digits and - _ . ~ only.")
        return secrets

    def address(self, name: str, default: str | None = None, near: bool = False) -> str:
        """The address of a gateway, without a slash at its end: what is sent there holds a key, so it is encrypted,
        unless it stays on this machine, or `near` it where the gateway offers nothing else. Raises BadSetting.
        """
        url = (self.value(name) or default or self.required(name)).rstrip("/")
        open_road = urlsplit(url).scheme == "http" and (is_local(url) or (near and is_near(url)))
        if not (urlsplit(url).scheme == "https" or open_road) or not urlsplit(url).hostname:
            raise BadSetting(f"{name} must begin with https://, since a key travels with each message.")
        return url

    def callback(self, gateway: str, kind: str) -> str:
        """The address where a gateway finds us again. Raises BadSetting."""
        url = (self.value("PUBLIC_URL") or f"http://127.0.0.1:{self.port()}").rstrip("/")
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise BadSetting("PUBLIC_URL must be the address of this service, such as https://coop.example.org.")
        return f"{url}/gateways/{gateway}/{self.webhook_secrets()[0]}/{kind}"

    def port(self) -> int:
        """Where the demo serves on this machine. Raises BadSetting."""
        value = self.value("PORT") or "8000"
        if not (value.isascii() and value.isdigit() and len(value) <= 5 and 0 < int(value) <= 65_535):
            raise BadSetting("PORT must be a number between 1 and 65535.")
        return int(value)

    def seconds(self, name: str, default: int) -> int:
        """A number of seconds up to a day. Raises BadSetting."""
        value = self.value(name) or str(default)
        if not (value.isascii() and value.isdigit() and len(value) <= 5 and 0 < int(value) <= 86_400):
            raise BadSetting(f"{name} must be a number of seconds between 1 and 86400.")
        return int(value)
