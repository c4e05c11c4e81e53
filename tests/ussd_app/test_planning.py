"""Planning for many: one statement for a chunk of people, whoever many they are, and told how far it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from models import broadcasts
from models.audiences import Audience
from models.drafts import Draft
from models.messages import Message, Urgency
from tests.conftest import Clock
from tests.gateway import Server
from tests.storm import CODE, Storm
from ussd_app.db import transaction
from ussd_app.registers import homes

KINDS = ["sqlite", "postgresql"]


@pytest.mark.parametrize(("people", "chunks"), [(100, 1), (4_999, 1), (12_000, 3)])
def test_statements_grow_with_chunks_and_not_with_people(
    settings: Mapping[str, str], server: Server, clock: Clock, tmp_path: Path, people: int, chunks: int
) -> None:
    storm = Storm(settings, server, tmp_path)
    storm.people(people)
    written: list[bool] = []
    progress: list[int] = []

    def note(_connection: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool) -> None:
        written.append(statement.startswith("INSERT INTO messages"))

    with transaction(storm.engine) as db:
        home = homes.one(db, CODE)
        assert home is not None
        draft = Draft(home.id, Audience(home.id), "words", {"text": "Réunion."}, Urgency.NOTICE, clock())
        event.listen(storm.engine, "before_cursor_execute", note)
        broadcasts.plan(db, draft, "one", clock(), progress.append)
        event.remove(storm.engine, "before_cursor_execute", note)
        assert db.execute(select(func.count()).select_from(Message)).scalar_one() == people
    storm.engine.dispose()
    assert progress == [min(5_000 * each, people) for each in range(1, chunks + 1)]
    assert (sum(written), len(written) <= 8 + 4 * chunks) == (chunks, True)
