"""A gateway that takes every message at once, in Africa's Talking's format. It prints its address and serves."""

import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs

ids = count(1)


class Speaker(BaseHTTPRequestHandler):
    """Takes one call."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """Begin, without the delay of small packets."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_POST(self) -> None:
        """Take every number."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        numbers = form["to"][0].split(",")
        taken = [
            {"cost": "XOF 12", "messageId": f"bench{next(ids)}", "number": each, "status": "Success", "statusCode": 101}
            for each in numbers
        ]
        body = json.dumps({"SMSMessageData": {"Message": f"Sent to {len(taken)}", "Recipients": taken}}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Speaker)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_address[1]}/version1", flush=True)
    server.serve_forever()
