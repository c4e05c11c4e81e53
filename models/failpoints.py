"""Fail points: named places where a test ends the process, since it is there that a crash could cost something.

Nothing happens at them unless a process was told to `watch` one.
"""

from collections.abc import Callable, Mapping

POINTS: Mapping[str, str] = {
    "plan-begun": "a broadcast is written down, its messages are not",
    "plan-chunk": "some of its messages are written down (once a chunk)",
    "planned": "all of its messages are written down, nothing is committed",
    "plan-committed": "a broadcast is committed, its author has not been told",
    "claimed": "messages are claimed for sending, the intent is not committed",
    "claim-committed": "the intent is committed, nothing was sent",
    "call": "a gateway is about to be called (once a call)",
    "called": "a gateway has answered, nothing is recorded",
    "recorded": "what became of the messages of a call is recorded and not committed",
    "record-committed": "what became of them is committed",
    "case-filed": "a case is written and not committed",
    "press-committed": "a press that changed something is committed, the phone has not been answered",
    "report-kept": "a delivery report is applied and not committed",
    "report-committed": "a delivery report is committed, the gateway has not been told",
}
_watching: list[Callable[[str], None]] = []


def watch(reached: Callable[[str], None]) -> None:
    """Have this called at each point, in place of what was called before."""
    _watching[:] = [reached]


def reach(point: str) -> None:
    """The program is at this point."""
    for reached in _watching:
        reached(point)
