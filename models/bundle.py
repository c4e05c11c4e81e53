"""Many rows given to a statement as one value: it is prepared once and run once, however many they are."""

from sqlalchemy import JSON, bindparam, column, func
from sqlalchemy.sql.selectable import TableValuedAlias


def bundle(name: str) -> TableValuedAlias:
    """The pairs of a dictionary that a statement is given under a name, as rows: `key`, a text, and `value`, a list."""
    pairs = func.json_each(bindparam(name, type_=JSON))
    return pairs.table_valued(column("key"), column("value", JSON), name=name)
