"""Raise what dues plans ask for: cooperative by cooperative, each in its own day and in transactions of its own."""

import logging
from datetime import date
from zoneinfo import ZoneInfo

from models import raising
from ussd_app.db import reading, transaction
from ussd_app.service import Service

log = logging.getLogger(__name__)


def raise_all(service: Service, on: date | None = None, again: bool = False) -> tuple[int, list[int]]:
    """Raise all that is due; how many entries, and the cooperatives where it failed. Doing it again raises nothing.

    One cooperative that fails does not keep the others from theirs. `on` is a day of the past; today when not given.
    """
    raised, failed = 0, []
    with reading(service.engine) as db:
        cooperatives = raising.cooperatives(db)
    for cooperative_id, zone in cooperatives:
        today = service.clock().astimezone(ZoneInfo(zone)).date()
        try:
            raised += _raise(service, cooperative_id, min(on or today, today), again)
        except Exception as fault:
            # By kind and place only: its words may hold what somebody typed.
            log.error("the dues of cooperative %s were not raised: %s", cooperative_id, type(fault).__name__)
            failed.append(cooperative_id)
    return raised, failed


def _raise(service: Service, cooperative_id: int, today: date, again: bool) -> int:
    raised = batch = 0
    while batch or not raised:
        with transaction(service.engine) as db:
            if again and not raised:
                raising.again(db, cooperative_id)
            batch = raising.raise_due(db, cooperative_id, today, service.clock())
        if not batch:
            break
        raised += batch
    return raised
