"""The state machine: which step may be taken in which state, and where it leads: the table, written down again."""

import pytest

from models.grievances.kinds import Did, Refused, State, Stop
from models.grievances.steps import MOVES, after

ARRIVED = "received escalated reopened"
LIVE = f"{ARRIVED} acknowledged assessed assigned inquiry in_mediation proposed appealed referred"
OPEN = f"{LIVE} resolved out_of_scope"
# Where somebody else can go on, when who handled it is gone.
LEFT = "assigned inquiry in_mediation appealed proposed resolved referred"
# What may be done: in which states, and the states it can lead to (none: it stays).
TABLE = {
    "seated": (f"{ARRIVED} appealed", ""),
    "acknowledged": (ARRIVED, "acknowledged"),
    "assessed": ("acknowledged escalated", "assessed"),
    "out_of_scope": ("assessed", "out_of_scope"),
    "entrusted": (f"assessed {LEFT}", ""),
    "taken": (f"assessed {LEFT}", LEFT),
    "freed": ("assigned inquiry in_mediation", "assessed"),
    "inquired": ("assigned", "inquiry"),
    "session_set": ("assigned inquiry in_mediation proposed", "in_mediation"),
    "day_asked": ("in_mediation", ""),
    "proposed": ("assigned inquiry in_mediation appealed", "proposed"),
    "accepted": ("proposed", ""),
    "refused": ("proposed", "in_mediation assigned assessed"),
    "talk_wanted": ("proposed", "in_mediation assigned assessed"),
    "paper_noted": ("proposed", ""),
    "resolved": ("proposed", "resolved"),
    "promised": ("proposed resolved", ""),
    "kept": ("proposed resolved", ""),
    "confirmed": ("resolved", ""),
    "denied": ("resolved", "reopened"),
    "closed": ("resolved appealed", "closed"),
    "appealed": ("proposed resolved out_of_scope closed", "appealed"),
    "escalated": (LIVE, "escalated"),
    "called_up": (f"{OPEN} closed", "escalated"),
    "referred": ("assessed assigned inquiry", "referred"),
    "checked": ("referred", ""),
    "asked": ("referred", "resolved"),
    "withdrawn": (f"{OPEN} merged", "withdrawn"),
    "reopened": ("closed merged withdrawn out_of_scope", "reopened"),
    "merged": (f"{ARRIVED} acknowledged assessed", "merged"),
    "recused": (OPEN, ""),
    "accused": (OPEN, ""),
    "invited": ("assessed assigned inquiry in_mediation proposed", ""),
    "wrote": (OPEN, ""),
    "added": (OPEN, ""),
    "threatened": (" ".join(State), ""),
    "code_asked": (" ".join(State), ""),
}


def test_every_step_but_the_first_is_in_the_table() -> None:
    assert {each.value for each in Did} - {"filed"} == set(TABLE) == {each.value for each in MOVES}


@pytest.mark.parametrize("did", sorted(TABLE))
@pytest.mark.parametrize("state", State)
def test_a_step_is_taken_where_the_table_says_and_refused_elsewhere(did: str, state: State) -> None:
    within, to = (words.split() for words in TABLE[did])
    if state not in within:
        with pytest.raises(Refused) as refused:
            after(state, Did(did))
        assert refused.value.stop is Stop.STATE
        return
    assert after(state, Did(did)) == (to[0] if to else state)
    for wanted in State:
        if wanted in to:
            assert after(state, Did(did), wanted) is wanted
        else:
            with pytest.raises(Refused):
                after(state, Did(did), wanted)


def test_nothing_is_closed_or_resolved_by_anything_but_a_word() -> None:
    """Only an agreement or a decision on an appeal closes a case, or the owner's word after a referral."""
    assert {did for did, move in MOVES.items() if State.CLOSED in move.to} == {Did.CLOSED}
    assert {did for did, move in MOVES.items() if State.RESOLVED in move.to} == {Did.RESOLVED, Did.TAKEN, Did.ASKED}
