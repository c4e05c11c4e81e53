"""A land with people in a transaction, on each kind of database."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection

from models.grievances import proof
from models.hands import Hand
from tests.models.grievances.land import Land, peopled
from ussd_app import service
from ussd_app.db import transaction

Committees = dict[str, list[Hand]]


@pytest.fixture
def db(app: Flask, request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A transaction over the demo's database. At the end of each test the proof finds nothing wrong with any case.

    But for a test that alters rows behind the program's back, which says so by the mark `alters`.
    """
    with transaction(service.of(app).engine) as made:
        yield made
        if request.node.get_closest_marker("alters") is None:
            assert list(proof.faults(made)) == []


@pytest.fixture
def there(db: Connection) -> tuple[Land, Committees]:
    """A cooperative with all that is above it, and a committee of three on each level."""
    return peopled(db)


@pytest.fixture
def land(there: tuple[Land, Committees]) -> Land:
    """The land."""
    return there[0]


@pytest.fixture
def committees(there: tuple[Land, Committees]) -> Committees:
    """The committees, by body."""
    return there[1]
