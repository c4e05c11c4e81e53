"""Carries words in and out: the only package that knows of HTTP, Redis, gateways and the clock."""

import logging
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from ussd_app import commands, health, metrics, phone, simulator
from ussd_app.config import Config
from ussd_app.gateways import PLAIN
from ussd_app.gateways.every import EVERY
from ussd_app.service import assemble
from ussd_app.webhooks import UNANSWERED, Doors

log = logging.getLogger(__name__)


def create_app(config: Config | None = None) -> Flask:
    """The program: settings, database, conversations, doors for gateways, pages and commands.

    Raises BadSetting when a setting is missing or wrong.
    """
    settings = config or Config.read()
    app = Flask(__name__, static_folder=None)
    app.secret_key = settings.secret_key
    service = assemble(settings)
    app.extensions["service"] = service
    # The development server writes each path into its log, and a path holds the webhook secret.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    app.register_error_handler(Exception, _unexpected)
    app.register_blueprint(health.blueprint(service))
    app.register_blueprint(metrics.blueprint(service))
    if not settings.production:
        cast, inbox = simulator.cast(service), simulator.inbox(service)
        app.register_blueprint(phone.blueprint(cast, inbox, settings.service_code, settings.webhook_secrets[0]))
    commands.register(app)
    front: Any = app  # as Flask itself proposes to put something in front
    gateways = {**EVERY, **settings.families}
    front.wsgi_app = Doors(app.wsgi_app, settings.webhook_secrets, gateways, service.switchboard, service.postbox)
    return app


def _unexpected(error: Exception) -> Response | HTTPException:
    """Answer a fault without its words or its path: both may hold what nobody may read in a log."""
    if isinstance(error, HTTPException):
        return error
    log.error("request not answered: %s", type(error).__name__)
    return Response(UNANSWERED, 503, content_type=PLAIN)
