"""`GET /metrics`: the figures of the service for Prometheus, read from the database, so that any process tells all."""

from flask import Blueprint, Response, abort, request

from models import vault
from models.figures import Figure, figures
from ussd_app.config import Config
from ussd_app.db import reading
from ussd_app.service import Service
from ussd_app.settings import Mode

TEXT = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "cooperatives_"


def blueprint(service: Service) -> Blueprint:
    """The page of figures."""
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    def metrics() -> Response:
        if not _may_look(service.config, request.headers.get("Authorization", "")):
            abort(404)
        with reading(service.engine) as db:
            return Response(written(list(figures(db, service.clock()))), content_type=TEXT)

    return pages


def _may_look(config: Config, authorization: str) -> bool:
    """Whoever holds the token; in the demo, anybody."""
    if config.metrics_token is None:
        return config.mode is Mode.DEMO
    return vault.same(authorization, f"Bearer {config.metrics_token}")


def written(told: list[Figure]) -> str:
    """The figures in Prometheus' text format."""
    lines, before = [], ""
    for each in told:
        name = PREFIX + each.name
        if name != before:
            lines.append(f"# TYPE {name} {'counter' if name.endswith('_total') else 'gauge'}")
        labels = ",".join(f'{label}="{_quoted(value)}"' for label, value in each.labels)
        lines.append(f"{name}{{{labels}}} {each.value:g}" if labels else f"{name} {each.value:g}")
        before = name
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
