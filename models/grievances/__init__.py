"""Grievances: a case is filed, routed past those it is about, handled by a committee, and followed from any phone.

`filing` writes it, `opening` and `following` are its owner's side, `sight` the only way to it for anybody else, `work`,
`deciding` and `threats` what a committee does, `clocks` and `ticking` what time does. See `tables` for what is kept.
"""

from models.grievances.filing import (
    AlreadyFiled,
    Complaint,
    Filed,
    file,
    file_by_sms,
)
from models.grievances.floods import Flooded
from models.grievances.kinds import (
    Came,
    Category,
    Concerned,
    Did,
    Follow,
    Help,
    Lane,
    Name,
    Refused,
    SafeTime,
    State,
    Stop,
    Unknown,
)
from models.grievances.numbers import is_reference
from models.grievances.opening import Locked, open_case
from models.grievances.revealing import hide, reveal, unseen, waiting

__all__ = [
    "AlreadyFiled",
    "Came",
    "Category",
    "Complaint",
    "Concerned",
    "Did",
    "Filed",
    "Flooded",
    "Follow",
    "Help",
    "Lane",
    "Locked",
    "Name",
    "Refused",
    "SafeTime",
    "State",
    "Stop",
    "Unknown",
    "file",
    "file_by_sms",
    "hide",
    "is_reference",
    "open_case",
    "reveal",
    "unseen",
    "waiting",
]
