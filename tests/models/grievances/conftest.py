"""A land with people in a transaction, on each kind of database."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection

from models.hands import Hand
from tests.models.grievances.land import Land, peopled
from ussd_app import service
from ussd_app.db import transaction

Committees = dict[str, list[Hand]]


@pytest.fixture
def db(app: Flask) -> Iterator[Connection]:
    """A transaction over the demo's database."""
    with transaction(service.of(app).engine) as made:
        yield made


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
