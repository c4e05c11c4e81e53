"""Settings: each bad or missing one stops the start with one sentence that names it and repeats no secret."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from ussd_app.config import ROOT, Config
from ussd_app.settings import DEVELOPMENT, BadSetting, Mode

GOOD = {
    "APP_MODE": "production",
    "SECRET_KEY": "q8Zr3Wn5Kx7Pv2Lm9Td4Ys6B",
    "WEBHOOK_SECRETS": "k3Vd8Qw2Zx7Nf5Rt9Yb4Hj6C",
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "INDEX_KEY": "w7Hf2Jk9Ld4Qs6Xz3Cv8Bn5M",
    "PIN_PEPPER": "a5Gt8Yh3Uj6Ik9Ol2Pz4Xw7E",
    "SERVICE_CODE": "*123#",
    "GATEWAY": "console",
}

BAD = [
    ("APP_MODE", "live"),
    ("SECRET_KEY", ""),
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", "a" * 40),
    *((name, value) for name, value in DEVELOPMENT.items() if name != "SERVICE_CODE"),
    ("WEBHOOK_SECRETS", ""),
    ("WEBHOOK_SECRETS", "k3Vd8Qw2Zx7Nf5Rt9Yb4Hj6C,short"),
    ("WEBHOOK_SECRETS", "k3Vd8Qw2/x7Nf5Rt9Yb4Hj6C"),
    ("FIELD_KEYS", "k3Vd8Qw2Zx7Nf5Rt9Yb4Hj6C"),
    ("INDEX_KEY", ""),
    ("PIN_PEPPER", ""),
    ("SERVICE_CODE", ""),
    ("SERVICE_CODE", "123"),
    ("GATEWAY", "pigeon"),
    ("GATEWAY", "phone"),
    ("DATABASE_URL", "mysql://localhost/x"),
    ("DATABASE_URL", "nothing at all"),
    ("REDIS_URL", "localhost:6379"),
    ("LEASE_SECONDS", "soon"),
    ("LEASE_SECONDS", "0"),
    ("TICK_SECONDS", "-1"),
    ("APP_CLOCK_FILE", "/nowhere/offset"),
    *(("PORT", value) for value in ("abc", "0", "99999", "-1", "8000.0", "٨٠٨٠", "9" * 5000)),
]


def test_good_settings_are_taken() -> None:
    config = Config.read(GOOD)
    assert (config.mode, config.webhook_secrets) == (Mode.PRODUCTION, (GOOD["WEBHOOK_SECRETS"],))


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name) as refused:
        Config.read({**GOOD, name: value})
    assert not value or len(value) < 8 or value not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("INDEX_KEY", "SECRET_KEY"),
        ("PIN_PEPPER", "INDEX_KEY"),
        ("WEBHOOK_SECRETS", "PIN_PEPPER"),
        ("FIELD_KEYS", "SECRET_KEY"),
        ("METRICS_TOKEN", "SECRET_KEY"),
    ],
)
def test_no_text_is_two_secrets(name: str, other: str) -> None:
    same = Fernet.generate_key().decode() if name == "FIELD_KEYS" else "e6Rk2Vt8Nq4Zs9Lw3Xj7Mc5P"
    settings = {**GOOD, name: same, other: same}
    with pytest.raises(BadSetting, match=f"{name}.*{other}|{other}.*{name}") as refused:
        Config.read(settings)
    assert same not in str(refused.value)
    assert Config.read({**settings, other: GOOD.get(other, "")}).production


def test_one_webhook_secret_may_be_said_twice() -> None:
    assert len(Config.read({**GOOD, "WEBHOOK_SECRETS": ",".join([GOOD["WEBHOOK_SECRETS"]] * 2)}).webhook_secrets) == 2


@pytest.mark.parametrize("name", ["AFRICASTALKING_USERNAME", "AFRICASTALKING_API_KEY"])
def test_a_gateway_needs_its_account(name: str) -> None:
    account = {"GATEWAY": "africastalking", "AFRICASTALKING_USERNAME": "coop", "AFRICASTALKING_API_KEY": "atsk_1"}
    assert "africastalking" in Config.read({**GOOD, **account}).accounts
    with pytest.raises(BadSetting, match=name):
        Config.read({**GOOD, **account, name: ""})


def test_the_key_never_travels_in_clear() -> None:
    account = {"GATEWAY": "africastalking", "AFRICASTALKING_USERNAME": "coop", "AFRICASTALKING_API_KEY": "atsk_1"}
    with pytest.raises(BadSetting, match="AFRICASTALKING_URL"):
        Config.read({**GOOD, **account, "AFRICASTALKING_URL": "http://example.org/version1"})


@pytest.mark.parametrize("mode", ["demo", "development", "test"])
def test_other_modes_fill_in_what_is_missing_and_honour_what_is_set(mode: str) -> None:
    config = Config.read({"APP_MODE": mode, "SERVICE_CODE": "*999#"})
    assert (config.service_code, config.secret_key) == ("*999#", DEVELOPMENT["SECRET_KEY"])


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_a_database_address_is_taken_in_any_spelling(url: str) -> None:
    assert Config.read({**GOOD, "DATABASE_URL": url}).database_url == "postgresql+psycopg://u@h/d"


def test_without_a_database_address_it_is_one_file_for_server_and_commands() -> None:
    assert Config.read(GOOD).database_url == f"sqlite:///{ROOT / 'instance' / 'cooperatives.sqlite3'}"


@pytest.mark.parametrize(
    ("given", "file"),
    [
        ({}, ROOT / "instance" / "cooperatives.sqlite3.heads"),
        ({"DATABASE_URL": "sqlite:////var/books.db"}, Path("/var/books.db.heads")),
        ({"DATABASE_URL": "sqlite://"}, None),
        ({"DATABASE_URL": "sqlite:///:memory:"}, None),
        ({"LEDGER_HEADS": "/mnt/elsewhere/heads"}, Path("/mnt/elsewhere/heads")),
        ({"LEDGER_HEADS": "/mnt/elsewhere/heads", "DATABASE_URL": "postgresql://u@h/d"}, Path("/mnt/elsewhere/heads")),
    ],
)
def test_the_ends_of_the_chains_are_kept_beside_the_books_or_where_it_is_said(
    given: dict[str, str], file: Path | None
) -> None:
    assert Config.read({**GOOD, **given}).ledger_heads == file


def test_each_server_has_a_file_of_its_own_whatever_the_password() -> None:
    urls = ["postgresql://u:one@h/d", "postgresql://u:two@h/d", "postgresql://u:one@h/e"]
    one, two, other = (Config.read({**GOOD, "DATABASE_URL": url}).ledger_heads for url in urls)
    assert one == two != other
    assert one is not None
    assert one.parent == ROOT / "instance"
    assert one.name.startswith("heads-")


def test_the_start_stops_with_one_sentence() -> None:
    environ = {**GOOD, "INDEX_KEY": "", "PYTHONPATH": str(ROOT)}
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert started.returncode == 1
    assert started.stderr.strip() == "INDEX_KEY is missing: set it in the environment."
