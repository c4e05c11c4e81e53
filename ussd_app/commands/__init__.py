"""The commands of the office and of whoever runs the service: `flask --app wsgi ...`."""

from flask import Flask

from ussd_app.commands import (
    alerts,
    arrears,
    audit_fund,
    books,
    broadcasts,
    case_figures,
    case_settings,
    closings,
    dues,
    keys,
    lot_money,
    minutes,
    money,
    office,
    papers,
    phone,
    rules,
    running,
    sharing,
    statements,
    surplus,
    texts,
    two_keys,
)


def register(app: Flask) -> None:
    """Add every command."""
    for command in (
        *running.COMMANDS,
        *alerts.COMMANDS,
        *arrears.COMMANDS,
        *books.COMMANDS,
        *broadcasts.COMMANDS,
        *case_figures.COMMANDS,
        *dues.COMMANDS,
        *case_settings.COMMANDS,
        *keys.COMMANDS,
        *statements.COMMANDS,
        *closings.COMMANDS,
        *papers.COMMANDS,
        *lot_money.COMMANDS,
        *office.COMMANDS,
        *minutes.COMMANDS,
        *money.COMMANDS,
        *two_keys.COMMANDS,
        *phone.COMMANDS,
        *rules.COMMANDS,
        *sharing.COMMANDS,
        *surplus.COMMANDS,
        *audit_fund.COMMANDS,
        *texts.COMMANDS,
    ):
        app.cli.add_command(command)
