"""Sharing a lot: a rule of steps over a pot, a team and its advances, in whole units to the last one.

A rule says who receives what, in order; `faults_of` tells what is wrong with it when it is written, `share` applies it
to one lot and shows each step, `largest_remainder` shares anything else in proportion.
"""

from models.sharing.documents import loaded
from models.sharing.engine import Line, Result, share
from models.sharing.faults import faults_of
from models.sharing.lots import Advance, Worker
from models.sharing.reading import read, rule_of
from models.sharing.remainders import by_number, largest_remainder
from models.sharing.rules import (
    By,
    Cost,
    Fixed,
    Of,
    Owing,
    Part,
    Per,
    Percent,
    Pool,
    Recover,
    Rule,
    Split,
    Step,
    Unit,
)
from models.sharing.values import Unshareable

__all__ = [
    "Advance",
    "By",
    "Cost",
    "Fixed",
    "Line",
    "Of",
    "Owing",
    "Part",
    "Per",
    "Percent",
    "Pool",
    "Recover",
    "Result",
    "Rule",
    "Split",
    "Step",
    "Unit",
    "Unshareable",
    "Worker",
    "by_number",
    "faults_of",
    "largest_remainder",
    "loaded",
    "read",
    "rule_of",
    "share",
]
