"""Several at one case at the same moment, each with a connection of its own: one history, and it is whole."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import Connection, select, update

from models.grievances import (
    Category,
    Complaint,
    Concerned,
    Did,
    Filed,
    Lane,
    Locked,
    Name,
    Refused,
    State,
    Stop,
    Unknown,
    deciding,
    filing,
    following,
    open_case,
    proof,
    readings,
    work,
)
from models.grievances.held import peek
from models.grievances.tables import CaseStep, Grievance
from models.hands import Hand
from tests.models.grievances.land import DAY, NOW, Land, assigned, keep, peopled, proposed
from ussd_app import jobs, service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
ROUNDS = 6
Act = Callable[[Connection], object]
COMPLAINT = Complaint(Category.LAND, Concerned.OFFICER, Name.NOBODY, "Le puits", 1, None, "")


@dataclass
class Race:
    """A committee of three at a cooperative and one above it, in a database of several connections."""

    app: Flask
    land: Land
    committees: dict[str, list[Hand]]
    made: int = 0

    def do(self, act: Act) -> object:
        with transaction(service.of(self.app).engine) as db:
            self.land.db = db
            return act(db)

    def file(self, begin: Callable[[Land, Hand, Filed], int] | None = None) -> int:
        """A case, taken so far by the first of the committee."""
        self.made += 1
        key, phone = f"race {self.made}", f"+2236099{self.made:04d}"

        def filed(_db: Connection) -> int:
            new = self.land.file(key=key, phone=phone)
            return begin(self.land, self.committees["coop"][0], new) if begin else self.land.case(new).id

        found = self.do(filed)
        assert isinstance(found, int)
        return found

    def at_once(self, *acts: Act) -> list[str]:
        """What each was told, in their order. Whatever else goes wrong is no answer."""
        barrier, told = Barrier(len(acts)), [""] * len(acts)

        def one(place: int) -> None:
            barrier.wait(30)
            try:
                with transaction(service.of(self.app).engine) as db:
                    acts[place](db)
            except (Refused, Unknown) as error:
                told[place] = str(error.stop) if isinstance(error, Refused) else "unknown"
            else:
                told[place] = "done"

        threads = [Thread(target=one, args=(place,)) for place in range(len(acts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert all(told), told
        return told

    def rounds(self, once: Callable[[int], None]) -> None:
        """The same again and again, since who is first is chance."""
        for turn in range(ROUNDS):
            once(turn)

    def history(self, case_id: int) -> list[Did]:
        """The steps of a case; the proof finds nothing wrong with any."""
        with reading(service.of(self.app).engine) as db:
            assert list(proof.faults(db)) == []
            steps = select(CaseStep.did).where(CaseStep.grievance_id == case_id).order_by(CaseStep.position)
            return list(db.execute(steps).scalars())

    def state(self, case_id: int) -> State:
        with reading(service.of(self.app).engine) as db:
            return peek(db, case_id).state


@pytest.fixture
def race(app: Flask) -> Race:
    """The land, kept."""
    with transaction(service.of(app).engine) as db:
        return Race(app, *peopled(db))


def test_of_three_who_say_at_once_that_they_have_seen_it_one_does(race: Race) -> None:
    def once(_turn: int) -> None:
        case_id = race.file()
        acts = [lambda db, who=who: work.acknowledge(db, who, case_id, NOW) for who in race.committees["coop"]]
        assert sorted(race.at_once(*acts)) == ["done", Stop.STATE, Stop.STATE]
        assert race.history(case_id) == [Did.FILED, Did.ACKNOWLEDGED]

    race.rounds(once)


def test_of_three_who_take_it_at_once_one_has_it(race: Race) -> None:
    def seen(land: Land, hand: Hand, filed: Filed) -> int:
        case = land.case(filed)
        work.acknowledge(land.db, hand, case.id, NOW)
        work.assess(land.db, hand, case.id, Lane.ORDINARY, Category.LAND, NOW)
        return case.id

    def once(_turn: int) -> None:
        case_id = race.file(seen)
        acts = [
            lambda db, who=who: work.assign(db, who, case_id, who.member_id, NOW) for who in race.committees["coop"]
        ]
        assert sorted(race.at_once(*acts)) == ["done", Stop.NOT_HANDLER, Stop.NOT_HANDLER]
        assert race.history(case_id)[-1] is Did.TAKEN

    race.rounds(once)


def test_an_outcome_is_proposed_while_it_is_sent_up(race: Race) -> None:
    """Either it went up with the outcome, or it was gone when the outcome was to be proposed."""
    one = race.committees["coop"][0]

    def once(_turn: int) -> None:
        case_id = race.file(assigned)
        proposed_, up = race.at_once(
            lambda db: deciding.propose(db, one, case_id, "On partage", [], NOW),
            lambda db: work.escalate(db, one, case_id, None, NOW),
        )
        assert up == "done"
        assert proposed_ in ("done", "unknown")
        tail = [Did.PROPOSED, Did.ESCALATED] if proposed_ == "done" else [Did.ESCALATED]
        assert race.history(case_id)[4:] == tail
        assert race.state(case_id) is State.ESCALATED

    race.rounds(once)


def test_a_case_is_taken_back_while_it_is_decided(race: Race) -> None:
    """One that was appealed: of one that was referred it is only asked whether it is settled."""
    above = race.committees["union"][0]

    def appealed(land: Land, hand: Hand, filed: Filed) -> int:
        case_id = proposed(land, hand, filed)
        following.appeal(land.db, case_id, None, NOW)
        work.assign(land.db, above, case_id, above.member_id, NOW)
        return case_id

    def once(_turn: int) -> None:
        case_id = race.file(appealed)
        told = race.at_once(
            lambda db: following.withdraw(db, case_id, NOW),
            lambda db: deciding.close(db, above, case_id, "On ne paie pas", NOW),
        )
        assert sorted(told) == ["done", Stop.STATE]
        ended = State.WITHDRAWN if told[0] == "done" else State.CLOSED
        assert (race.state(case_id), len(race.history(case_id))) == (ended, 8)

    race.rounds(once)


def test_yes_and_no_of_one_complainant_from_two_phones(race: Race) -> None:
    def once(_turn: int) -> None:
        case_id = race.file(proposed)
        told = race.at_once(
            lambda db: following.accept(db, case_id, NOW), lambda db: following.refuse(db, case_id, NOW)
        )
        assert sorted(told) == ["done", Stop.STATE]
        assert race.state(case_id) is (State.RESOLVED if told[0] == "done" else State.IN_MEDIATION)
        race.history(case_id)

    race.rounds(once)


def tick(app: Flask, now: datetime) -> None:
    """What the scheduler runs, by a clock of its own."""
    running = service.of(app)
    jobs.attend(service.Service(running.config, running.engine, running.memory, lambda: now))


def test_the_clock_and_a_committee_at_the_same_moment(race: Race) -> None:
    """Whoever is first: it goes up once, and who comes too late hears that it is not there."""

    def once(_turn: int) -> None:
        late, now = race.file(), NOW + 6 * DAY
        clock = Thread(target=tick, args=(race.app, now))
        clock.start()
        (seen,) = race.at_once(lambda db: work.acknowledge(db, race.committees["coop"][1], late, now))
        clock.join(60)
        expected = [Did.FILED, Did.ACKNOWLEDGED] if seen == "done" else [Did.FILED, Did.ESCALATED]
        assert race.history(late) == expected
        assert seen in ("done", "unknown")

    race.rounds(once)


def test_two_schedulers_that_tick_at_once_send_each_case_up_once(race: Race) -> None:
    cases = [race.file() for _ in range(12)]
    clocks = [Thread(target=tick, args=(race.app, NOW + 6 * DAY)) for _ in range(3)]
    for each in clocks:
        each.start()
    for each in clocks:
        each.join(60)
    assert {tuple(race.history(case_id)) for case_id in cases} == {(Did.FILED, Did.ESCALATED)}


def test_cases_joined_to_each_other_while_one_goes_up_and_another_is_taken_back(race: Race) -> None:
    """Each holds several cases: none of them waits for another in a circle."""
    one = race.committees["coop"][0]

    def once(_turn: int) -> None:
        first, second, third = (race.file() for _ in range(3))
        race.do(lambda db: work.merge(db, one, third, first, NOW))
        told = race.at_once(
            lambda db: work.merge(db, one, first, second, NOW),
            lambda db: work.merge(db, one, second, first, NOW),
            lambda db: following.withdraw(db, third, NOW),
            lambda db: work.escalate(db, one, first, None, NOW),
        )
        assert told[2] == "done"
        assert set(told) <= {"done", Stop.STATE, "unknown"}
        for case_id in (first, second, third):
            race.history(case_id)
        assert race.state(third) is State.WITHDRAWN

    race.rounds(once)


def test_different_cases_at_once_never_wait_in_a_circle(race: Race) -> None:
    """Filing counts cases, bars and steps in one order, stepping aside in another, reading in a third."""
    one, two, three = race.committees["coop"]
    barred = race.committees["union"][2].member_id

    def once(turn: int) -> None:
        cases = [race.file(assigned if place == 2 else None) for place in range(5)]
        told = race.at_once(
            lambda db: filing.file(
                db, replace(COMPLAINT, phone=f"+2236098000{turn}", barred_id=barred), f"{turn}", NOW
            ),
            lambda db: work.recuse(db, two, cases[0], NOW),
            lambda db: work.accuse(db, three, cases[1], barred, NOW),
            lambda db: work.escalate(db, one, cases[2], None, NOW),
            lambda db: readings.note(db, two, cases[4], "page", NOW),
            lambda db: keep(db, NOW + timedelta(days=31)),
        )
        assert told == ["done"] * 6
        race.history(cases[0])

    race.rounds(once)


def test_who_opens_a_case_and_chooses_how_to_hear_while_it_is_worked_on(race: Race) -> None:
    one = race.committees["coop"][0]

    def once(turn: int) -> None:
        found: list[Filed] = []
        race.do(lambda _db: found.append(race.land.file(key=f"open {turn}", phone=f"+2236097000{turn}")))
        (filed,) = found
        case_id = race.do(lambda _db: race.land.case(filed).id)
        assert isinstance(case_id, int)

        def hear(db: Connection) -> None:
            opened = open_case(db, filed.reference, filed.code, "+22369999990", NOW)
            assert not isinstance(opened, Locked)
            assert opened == case_id
            following.withdraw(db, case_id, NOW)

        told = race.at_once(hear, lambda db: work.acknowledge(db, one, case_id, NOW))
        assert told[0] == "done"
        assert told[1] in ("done", Stop.STATE)
        race.history(case_id)

    race.rounds(once)


def test_a_case_that_cannot_be_read_stops_no_other(race: Race) -> None:
    """A sealed text that no key opens: the one that was filed after it goes up all the same."""
    spoilt, sound = race.file(), race.file()
    sealed = update(Grievance).where(Grievance.id == spoilt)
    race.do(lambda db: db.execute(sealed.values(caller_sealed="x", climbs_at=NOW)))
    tick(race.app, NOW + 6 * DAY)
    assert (race.state(spoilt), race.state(sound)) == (State.RECEIVED, State.ESCALATED)
