"""A gateway that takes every message at once, in Africa's Talking's format. It prints its address and serves.

It reads no more of HTTP than it must: what it costs is taken from the senders.
"""

import asyncio
import json
from itertools import count
from urllib.parse import parse_qs

ids = count(1)


def taken(body: bytes) -> bytes:
    """The answer to a send: every number is taken."""
    numbers = parse_qs(body.decode())["to"][0].split(",")
    each = {"cost": "XOF 12", "status": "Success", "statusCode": 101}
    recipients = [{**each, "messageId": f"bench{next(ids)}", "number": number} for number in numbers]
    return json.dumps({"SMSMessageData": {"Message": f"Sent to {len(numbers)}", "Recipients": recipients}}).encode()


class Speaker(asyncio.Protocol):
    """Takes the calls of one connection, which it keeps, and says so."""

    def __init__(self) -> None:
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer a call as soon as it is whole."""
        self._heard += data
        head, blank, body = self._heard.partition(b"\r\n\r\n")
        if not blank or len(body) < int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]):
            return
        self._heard, answer = b"", taken(body)
        kept = b"Content-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: "
        self._transport.write(b"HTTP/1.1 201 Created\r\n%s%d\r\n\r\n%s" % (kept, len(answer), answer))


async def serve() -> None:
    """Serve until this is ended."""
    server = await asyncio.get_running_loop().create_server(Speaker, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/version1", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
