"""Keys that are changed: two live ones open everything, and once all is sealed anew the old one can go."""

import base64
import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, update

from models import new_numbers, proposals, renewing, vault
from models.grievances import Category, Follow, Lane, deciding, following, glass, proof, sight, work
from models.grievances.promises import Promise
from models.proposals import Proposal
from models.stamps import Stamp
from tests.bureau import NOUHOUM, WORDS, at_case, done, file, owned
from tests.conftest import NOW
from tests.office import asked, hand, opened
from tests.ussd_app.test_commands import run
from ussd_app.config import Config

KINDS = ["sqlite", "postgresql"]
MANY = 3


@pytest.fixture
def old() -> Iterator[vault.Keys]:
    """The keys as they were; given back afterwards."""
    keys = vault.keys()
    yield keys
    vault.use(keys)


def drawn() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def sealed(db: Connection) -> list[str]:
    """Everything that is sealed in the database."""
    found = [
        value
        for _table, column in renewing.columns()
        for value in db.execute(select(column).where(column.is_not(None))).scalars()
    ]
    for facts in db.execute(select(Proposal.facts)).scalars():
        found += [value for name, value in facts.items() if name.endswith("_sealed") and value]
    return found


def fill(app: Flask) -> None:
    """Something sealed in every table of cases, and in proposals."""
    filed = file(app, follow=Follow.SMS)

    def write(db: Connection) -> None:
        one = hand(db, "9")
        case_id = sight.find(db, one, filed.reference)
        work.acknowledge(db, one, case_id, NOW)
        work.assess(db, one, case_id, Lane.ORDINARY, Category.LAND, NOW)
        work.assign(db, one, case_id, one.member_id, NOW)
        work.write(db, one, case_id, "Bonjour", "w", NOW)
        deciding.set_session(db, one, case_id, NOW.replace(day=25), "mairie", NOW)
        deciding.propose(db, one, case_id, "On rend la pompe", [Promise("rendre", "le chef", NOW.date())], NOW)
        following.refuse(db, owned(db, filed), NOW)
        glass.ask(db, hand(db, "3"), filed.reference, "absents", NOW)
        issouf = hand(db, "15").member_id
        new_numbers.propose(db, hand(db, "3"), issouf, "+22376000015", "+22370000015", NOW)

    done(app, write)
    at_case(app, NOUHOUM, filed).press("1")


def test_two_live_keys_work_and_afterwards_the_old_one_can_go(app: Flask, old: vault.Keys) -> None:
    fill(app)
    new = drawn()
    vault.use(replace(old, fields=(new, *old.fields)))
    filed = file(app, by="12")
    member = at_case(app, NOUHOUM, filed)
    assert WORDS in member.press("1")  # sealed under the new one
    before: list[str] = done(app, sealed)
    code, said = run(app, "keys", "renew")
    assert (code, said.endswith(" sealed anew\n")) == (0, True)
    assert int(said.split()[0]) > MANY
    vault.use(replace(old, fields=(new,)))
    after: list[str] = done(app, sealed)
    assert len(after) == len(before)
    assert [vault.unseal(each) for each in after]
    assert run(app, "ledger", "check")[0] == 0
    assert opened(app, "+22370000002").press("4", "1").count("Changer un numéro") == 1
    assert WORDS in at_case(app, NOUHOUM, filed).press("1")
    vault.use(replace(old, fields=(drawn(),)))
    with pytest.raises(vault.InvalidToken):
        vault.unseal(after[0])


def test_run_again_it_changes_nothing(app: Flask, old: vault.Keys) -> None:
    fill(app)
    vault.use(replace(old, fields=(drawn(), *old.fields)))
    assert run(app, "keys", "renew")[0] == 0
    kept: list[str] = done(app, sealed)
    assert run(app, "keys", "renew") == (0, "0 sealed anew\n")
    assert done(app, sealed) == kept


def test_every_row_is_reached_in_small_parts(app: Flask, old: vault.Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(app)
    monkeypatch.setattr(renewing, "AT_ONCE", 2)
    new = drawn()
    vault.use(replace(old, fields=(new, *old.fields)))
    assert run(app, "keys", "renew")[0] == 0
    vault.use(replace(old, fields=(new,)))
    assert [vault.unseal(each) for each in done(app, sealed)]


def test_what_no_key_opens_stops_it_with_a_sentence(app: Flask, old: vault.Keys) -> None:
    fill(app)
    vault.use(replace(old, fields=(drawn(),)))
    code, said = run(app, "keys", "renew")
    assert (code, "not in FIELD_KEYS" in said) == (1, True)


def test_what_was_altered_is_not_made_good(app: Flask, old: vault.Keys) -> None:
    fill(app)
    mine = (Stamp.kind == proposals.PROPOSED.name,)
    last = select(func.max(Stamp.about_id)).where(*mine).scalar_subquery()
    done(app, lambda db: db.execute(update(Stamp).where(*mine, Stamp.about_id == last).values(stamp="altered")))
    assert run(app, "ledger", "check")[0] == 1
    vault.use(replace(old, fields=(drawn(), *old.fields)))
    assert run(app, "keys", "renew")[0] == 0
    assert run(app, "ledger", "check")[0] == 1


def test_the_histories_of_cases_stand_after_it(app: Flask, old: vault.Keys) -> None:
    fill(app)
    vault.use(replace(old, fields=(drawn(), *old.fields)))
    run(app, "keys", "renew")
    assert asked(app, lambda db: list(proof.faults(db))) == []


def test_the_columns_are_found_by_their_names() -> None:
    found = {f"{table.name}.{column.name}" for table, column in renewing.columns()}
    assert {
        "grievances.words_sealed",
        "case_steps.why_sealed",
        "messages.facts_sealed",
        "conversations.sealed",
    } <= found
    assert "case_steps.seal" not in found


def test_the_settings_take_two_keys(settings: dict[str, str]) -> None:
    two = f"{drawn()},{drawn()}"
    assert Config.read({**settings, "FIELD_KEYS": two}).keys.fields == tuple(two.split(","))
