"""The notation of conversations: Menu, Ask and Done; screens and actions; places, and one turn of a talk."""

from flows.engine.pages import Ask, Done, Menu, Option, Unreadable
from flows.engine.places import START, Place, UnknownPlace, action, screen, to

__all__ = [
    "START",
    "Ask",
    "Done",
    "Menu",
    "Option",
    "Place",
    "UnknownPlace",
    "Unreadable",
    "action",
    "screen",
    "to",
]
