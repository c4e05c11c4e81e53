"""Alerts "en lieu et place": a cooperative may not go on, its surveillance or a body above asks it to explain.

The law is the OHADA Uniform Act on cooperatives (AUSCOOP): 119 for the alert and its month, 144 for the bodies above,
262 and 340 for surveillance, 342 for the assembly that is called in urgency. An alert is no grievance.
"""

from models.alerts.calling import call, may_call, notice
from models.alerts.hints import Hint, hints
from models.alerts.sides import concerned, targets
from models.alerts.sight import Seen, Taken, history, listed, one, waiting
from models.alerts.steps import Halt, Halted, Step, assemblies, explain_by, lapse, take, trigger
from models.alerts.tables import Alert, AlertStep, Did, Ground, State

__all__ = [
    "Alert",
    "AlertStep",
    "Did",
    "Ground",
    "Halt",
    "Halted",
    "Hint",
    "Seen",
    "State",
    "Step",
    "Taken",
    "assemblies",
    "call",
    "concerned",
    "explain_by",
    "hints",
    "history",
    "lapse",
    "listed",
    "may_call",
    "notice",
    "one",
    "take",
    "targets",
    "trigger",
    "waiting",
]
