"""A small clinic's server for tests: it takes records as FHIR says, and behaves badly where it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from dreamjournal.services import fhir_push
from dreamjournal.services.fhir_push import Server

Reply = tuple[int, dict[str, str], bytes]
Turn = Callable[["Handler"], "Reply | None"]


class Handler(BaseHTTPRequestHandler):
    """Takes records as a FHIR server does, by our identifier; `turns` come first, one for each request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Clinic  # pyright: ignore[reportIncompatibleVariableOverride]

    def log_message(self, format: str, *args: Any) -> None:
        return

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.body = json.loads(self.rfile.read(length)) if length else None
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        turn = self.server.turns.pop(0) if self.server.turns else self.server.always
        reply = (turn or plainly)(self)
        if reply is None:
            self.close_connection = True
            self.connection.close()
            return
        status, headers, data = reply
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        if headers.get("Content-Length"):
            self.close_connection = True

    def do_PUT(self) -> None:
        self.do_POST()

    def do_GET(self) -> None:
        self.do_POST()


class Clinic(ThreadingHTTPServer):
    """The server: what it holds, by type and identifier."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.turns: list[Turn | None] = []
        self.always: Turn | None = None
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.held: dict[tuple[str, str], Any] = {}
        self.refuses: Callable[[Any], bool] = lambda _r: False
        self.transactions = True

    @property
    def to(self) -> Server:
        return fhir_push.server(f"http://127.0.0.1:{self.server_port}/fhir")

    def keep(self, record: Any, query: str) -> tuple[int, str]:
        if self.refuses(record):
            return 422, ""
        value = query.rsplit("|", maxsplit=1)[-1] if "|" in query else f"one more, {len(self.held)}"
        key = (record["resourceType"], value)
        status = 200 if key in self.held else 201
        self.held[key] = record
        return status, f"n{value[:8]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line the client closed is no fault of the test."""


def answer(status: int, body: Any = None, **headers: str) -> Reply:
    return status, headers, json.dumps(body).encode() if body is not None else b""


def plainly(h: Handler) -> Reply:
    """As a server should."""
    parts = urlsplit(h.path)
    kind = parts.path.removeprefix("/fhir").strip("/")
    clinic = h.server
    if not kind:
        return whole(h) if clinic.transactions else answer(405)
    query = parse_qs(parts.query).get("identifier", [""])[0]
    if h.command == "GET":
        found = [r for (k, v), r in clinic.held.items() if k == kind and query.endswith(v)]
        return answer(200, {"resourceType": "Bundle", "entry": [{"resource": {**r, "id": "found"}} for r in found]})
    status, place = clinic.keep(h.body, query or unquote(h.headers.get("If-None-Exist", "")))
    if status == 422:
        return answer(
            422, {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "too\nlate \x1b[31m" + "x" * 500}]}
        )
    return answer(status, dict(h.body or {}, id=place), Location=f"http://here/fhir/{kind}/{place}/_history/1")


def whole(h: Handler) -> Reply:
    entries = h.body["entry"]
    if any(h.server.refuses(e["resource"]) for e in entries):
        return answer(400, {"resourceType": "OperationOutcome", "issue": []})
    out = []
    for e in entries:
        status, place = h.server.keep(e["resource"], e["request"].get("ifNoneExist") or e["request"]["url"])
        out.append({"response": {"status": f"{status} OK", "location": place}})
    return answer(200, {"resourceType": "Bundle", "type": "transaction-response", "entry": out})


def lost(h: Handler) -> None:
    """Takes all, and breaks the line before it says so."""
    plainly(h)


def half(h: Handler) -> Reply:
    status, _, data = plainly(h)
    return status, {"Content-Length": str(len(data))}, data[: len(data) // 2]


@contextmanager
def running() -> Iterator[Clinic]:
    """A server on this machine for as long as the block."""
    server = Clinic()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
