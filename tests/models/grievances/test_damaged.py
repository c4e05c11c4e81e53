"""A row that cannot be read any more stops nothing but its own case."""

import pytest
from sqlalchemy import update

from models.grievances import Category, reading, sight, touched
from models.grievances.figures import Count, counts
from models.grievances.headings import RECEIVED, Heading
from models.grievances.lost import Story, ask
from models.grievances.periods import Period
from models.grievances.tables import Grievance
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land
from tests.models.grievances.test_touched import charge

KINDS = ["sqlite", "postgresql"]


@pytest.mark.alters
@pytest.mark.parametrize("column", ["reference_sealed", "words_sealed", "caller_sealed"])
def test_one_row_that_is_damaged_closes_no_desk(land: Land, committees: Committees, column: str) -> None:
    db, one, above = land.db, committees["coop"][0], committees["union"][0]
    owners = [land.member("coop") for _ in range(2)]
    bad, good = (land.file(each, key=f"{each.member_id}") for each in owners)
    charge(land, "pompe", *owners)
    case_id = land.case(bad).id
    db.execute(update(Grievance).where(Grievance.id == case_id).values({column: "xx"}))
    listed = {line.case_id: line.reference for line in sight.mine(db, one)}
    assert listed == {
        case_id: None if column == "reference_sealed" else bad.reference,
        land.case(good).id: good.reference,
    }
    assert reading.whole(db, one, land.case(good).id).words is not None
    assert touched.told(db, above, NOW + 3 * DAY) != []
    for each in owners:
        ask(db, above, Story(each.member_id, Category.LAND, NOW.date()), NOW)
    assert land.did(good)[-1] == "code_asked"
    found = counts(Count(db, NOW + 60 * DAY).of(land.bodies["coop"], Period(2026, 4)))
    assert (found[RECEIVED], found[Heading.CATEGORY, Category.LAND]) == (2, 2)
