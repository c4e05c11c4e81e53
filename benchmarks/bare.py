"""What every press is compared with: a Flask view that parses the form and gives one constant answer."""

from flask import Flask, Response, request

ANSWER = "CON Coop\n1 Mes cotisations\n2 Ma part\n3 Plainte ou alerte\n4 Langue\n5 Mon compte"

app = Flask(__name__, static_folder=None)


@app.post("/gateways/<gateway>/<secret>/<kind>")
def callback(gateway: str, secret: str, kind: str) -> Response:  # noqa: ARG001 - the same address as the service's
    """Read the four fields a press needs, and answer."""
    _ = [request.form[name] for name in ("sessionId", "phoneNumber", "serviceCode", "text")]
    return Response(ANSWER, content_type="text/plain; charset=utf-8")
