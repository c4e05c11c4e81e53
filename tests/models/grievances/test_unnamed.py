"""Of who gave no name only the day is kept of what they do: the moment stands with the session of their phone."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from models import sessions
from models.base import Base
from models.grievances import Name, deciding, following, notes, proof
from models.grievances.tables import Grievance
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, proposed

KINDS = ["sqlite", "postgresql"]


def moments(db: Connection, case_id: int) -> set[datetime]:
    """Each moment that is kept of a case, in whichever table."""
    found = set[datetime]()
    for table in Base.metadata.sorted_tables:
        mine = [c for c in table.columns if any(key.column is Grievance.__table__.c.id for key in c.foreign_keys)]
        own = [table.c.id] if table is Grievance.__table__ else mine
        for column in own:
            for row in db.execute(select(table).where(column == case_id)):
                found |= {each for each in row if isinstance(each, datetime)}
    return found


def test_of_who_gave_no_name_no_moment_is_kept(land: Land, committees: Committees) -> None:
    """Each moment of theirs stands with the session of their phone: it is not to be found at their case."""
    db, one = land.db, committees["coop"][0]
    filed = land.file(land.member("coop"), name=Name.NOBODY)
    case_id = proposed(land, one, filed, NOW + timedelta(hours=1))
    theirs = [NOW + DAY + timedelta(minutes=number, seconds=7) for number in range(12)]
    at = iter(theirs)
    for number in range(3):
        following.add(db, case_id, f"mot {number}", f"k{number}", next(at))
    following.read(db, case_id, next(at))
    following.threatened(db, case_id, next(at))
    following.refuse(db, case_id, next(at))
    deciding.set_session(db, one, case_id, NOW + 5 * DAY, "mairie", NOW + DAY)
    following.ask_other_day(db, case_id, next(at))
    deciding.propose(db, one, case_id, "On partage", [], NOW + DAY)
    following.accept(db, case_id, next(at))
    following.settled(db, case_id, False, next(at))
    following.send_up(db, case_id, None, next(at))
    following.withdraw(db, case_id, next(at))
    following.reopen(db, case_id, None, next(at))
    end = (NOW + DAY).replace(hour=23, minute=59, second=59)
    kept = moments(db, case_id)
    assert not kept & set(theirs)
    assert {each.replace(microsecond=0) for each in kept if NOW + DAY < each < NOW + 2 * DAY} == {end}
    assert [note.words for note in notes.of(db, case_id)] == ["mot 0", "mot 1", "mot 2"]
    assert {note.written_at.date() for note in notes.of(db, case_id)} == {end.date()}
    # The clocks of who has it now run from the end of the day.
    held = land.case(filed)
    assert (held.state_since, held.due_at) == (end, end + 2 * DAY)
    assert list(proof.faults(db)) == []


def test_no_session_of_a_gateway_stands_in_clear(db: Connection) -> None:
    """Whoever has the list of a gateway, where each has its phone, finds none of them here."""
    sessions.hold(db, "ATUid_1", "phone", "sealed", NOW)
    sessions.keep_answer(db, "ATUid_1", 1, "digest", "said", NOW)
    assert (sessions.sealed(db, "ATUid_1"), sessions.answered(db, "ATUid_1", "digest")) == ("sealed", "said")
    for name in ("conversations", "answers"):
        kept = db.execute(select(Base.metadata.tables[name])).all()
        assert kept
        assert not [row for row in kept if "ATUid_1" in row]
