"""A committee that does its work on the newest case of a story: what its screens do, without them."""

from datetime import timedelta

from flask import Flask

from models.grievances import Category, Lane, deciding, promises, sight, work
from models.grievances.promises import Promise
from tests.conftest import Clock
from tests.office import hand
from ussd_app import service
from ussd_app.db import transaction

HANDLER = "9"


class Desk:
    """Somebody of the committee of KOGB, who does what a line of a story says: a verb, and words."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self.engine, self.clock = service.of(app).engine, clock

    def does(self, line: str, reference: str) -> None:
        """`takes`, `writes WORDS`, `invites MEMBER`, `meets PLACE`, `proposes TEXT; OWNER: WHAT`, or `keeps`."""
        verb, _space, words = line.partition(" ")
        with transaction(self.engine) as db:
            one, now = hand(db, HANDLER), self.clock()
            case_id = sight.find(db, one, reference)
            if verb == "takes":
                work.acknowledge(db, one, case_id, now)
                work.assess(db, one, case_id, Lane.ORDINARY, Category.MONEY, now)
                work.assign(db, one, case_id, one.member_id, now)
            elif verb == "writes":
                work.write(db, one, case_id, words, f"desk:{words}", now)
            elif verb == "invites":
                deciding.invite(db, one, case_id, hand(db, words).member_id, now)
            elif verb == "meets":
                deciding.set_session(db, one, case_id, now + timedelta(days=5), words, now)
            elif verb == "proposes":
                text, _semicolon, made = words.partition("; ")
                owner, _colon, what = made.partition(": ")
                promise = Promise(what, owner, now.date() + timedelta(days=13))
                deciding.propose(db, one, case_id, text, [promise], now)
            elif verb == "keeps":
                (promise,) = promises.of(db, case_id)
                assert promise.promise_id is not None
                deciding.keep(db, one, case_id, promise.promise_id, now)
            else:
                raise AssertionError(line)
