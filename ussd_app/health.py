"""Two questions a watcher asks: is the program alive, and can it do its work."""

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from models import sessions, vault
from ussd_app import schema
from ussd_app.db import reading, transaction
from ussd_app.service import Service


def _plain(text: str, status: int) -> Response:
    return Response(text + "\n", status, content_type="text/plain; charset=utf-8")


def missing(service: Service) -> list[str]:
    """What the service lacks to do its work, in words."""
    lacks = []
    try:
        with reading(service.engine) as db:
            if not schema.is_current(db):
                lacks.append("database: not up to date, run db upgrade")
    except SQLAlchemyError:
        lacks.append("database: cannot be reached")
    if not service.memory.ready():
        lacks.append("memory: Redis cannot be reached")
    return lacks


def locked_out(service: Service) -> list[str]:
    """Whether the keys of the settings are those the database was filled with, in words."""
    lacks = []
    with transaction(service.engine) as db:
        if not sessions.mark_keys(db):
            lacks.append("keys: INDEX_KEY or PIN_PEPPER is another than before: no code and no number would be known")
        sealed = sessions.newest_sealed(db)
    try:
        if sealed is not None:
            vault.unseal(sealed)
    except vault.InvalidToken:
        lacks.append("keys: FIELD_KEYS do not open what the database holds, put the former key behind the new one")
    return lacks


def blueprint(service: Service) -> Blueprint:
    """The pages of a watcher."""
    pages = Blueprint("health", __name__)

    @pages.get("/healthz")
    def healthz() -> Response:
        return _plain("alive", 200)

    @pages.get("/readyz")
    def readyz() -> Response:
        lacks = missing(service)
        return _plain("\n".join(lacks) or "ready", 503 if lacks else 200)

    return pages
