"""One line to a FHIR server: where it is, one request at a time, and what its answers say."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from dreamjournal.common.clock import monotonic
from dreamjournal.common.errors import UserError
from dreamjournal.services import fhir

if TYPE_CHECKING:
    from pathlib import Path

Record = dict[str, Any]
JSON = "application/fhir+json"
MAX_ANSWER = 16 * 1024 * 1024
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Server:
    """Where to send: `base` without a slash at its end. The token is sent with each request and kept nowhere."""

    scheme: str
    host: str
    port: int | None
    path: str
    token: str = ""

    @property
    def base(self) -> str:
        """Its address in words."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{f':{self.port}' if self.port else ''}{self.path}"


def server(url: str, token: str = "", *, plain: bool = False) -> Server:
    """The server at `url`. Raises UserError unless it is https, or http to this machine (`plain`: http to any).

    Words before an @, a query and a fragment are refused: they would be lost, or be a password in the open.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or "@" in parts.netloc:
        raise _refused("that is no address of a server", "give one like https://example.org/fhir")
    if not parts.path.isascii() or any(c <= " " for c in url.strip()):
        raise _refused("that is no address of a server", "give one like https://example.org/fhir")
    if parts.scheme == "http" and host not in _LOCAL and not plain:
        raise _refused("anybody between here and there could read what is sent by http", "use the https address")
    if not token.isascii() or any(c <= " " or c == "\x7f" for c in token):
        raise UserError(
            "Nothing was sent", "a token has no blanks and only plain letters and signs", "copy it again", field="token"
        )
    return Server(parts.scheme, host, port, parts.path.rstrip("/"), token)


def read_token(path: Path) -> str:
    """The token in a file: its only line. Raises UserError."""
    try:
        data = path.read_bytes()[:8193]
    except OSError as error:
        raise UserError("Nothing was sent", "the file with the token cannot be read", "check --token-file") from error
    text = data.decode("ascii", "replace").strip()
    if not text or len(data) > 8192 or len(text.split()) != 1:
        raise UserError("Nothing was sent", "the file with the token does not hold one token", "check --token-file")
    return text


def _refused(why: str, what_now: str) -> UserError:
    return UserError("Nothing was sent", why, what_now, field="url")


@dataclass(frozen=True)
class Answer:
    """What a server said. `again_s` is how long it asks us to wait."""

    status: int
    body: Record | None
    """The JSON object of the answer; None where there was none, or something else."""
    location: str = ""
    again_s: float | None = None

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def why(self) -> str:
        return _outcome(self.body) or f"answer {self.status}"


class Line:
    """One connection, made again when it broke."""

    def __init__(self, to: Server, timeout_s: float) -> None:
        self._to, self._timeout_s = to, timeout_s
        self._open: HTTPConnection | None = None
        self.left = False
        """Whether the last request may have reached the server."""

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def ask(self, method: str, path: str, body: Record | None, headers: dict[str, str]) -> Answer:
        """One request and its answer. Raises OSError and HTTPException where there is none."""
        self.left = False
        if self._open is None:
            make, usual = (HTTPSConnection, 443) if self._to.scheme == "https" else (HTTPConnection, 80)
            # Without a port http.client would take the end of an IPv6 address for one.
            self._open = make(self._to.host, self._to.port or usual, timeout=self._timeout_s)
        try:
            self._open.connect() if self._open.sock is None else None
            self.left = True
            data = None if body is None else fhir.as_bytes(body)
            sent = {"Accept": JSON, **headers} | ({"Content-Type": JSON} if data is not None else {})
            if self._to.token:
                sent["Authorization"] = f"Bearer {self._to.token}"
            self._open.request(method, self._to.path + path or "/", data, sent)
            reply = self._open.getresponse()
            read = self._read(reply)
            reply.close()  # read piece by piece it does not notice its end, and the line would count as busy
            if reply.will_close:
                self.close()
        except BaseException:
            self.close()
            raise
        return Answer(
            reply.status, _object(read), reply.headers.get("Location", ""), _seconds(reply.headers.get("Retry-After"))
        )

    def _read(self, reply: HTTPResponse) -> bytes:
        """The whole answer. A socket's timeout is for each piece, so an answer that comes in drops is timed here."""
        until, read = monotonic() + 4 * self._timeout_s, b""
        while piece := reply.read1(65536):
            read += piece
            if len(read) > MAX_ANSWER:
                raise HTTPException("too long")
            if monotonic() > until:
                raise TimeoutError
        if reply.length:
            raise HTTPException("cut off")
        return read


def _object(data: bytes) -> Record | None:
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return cast("Record", found) if isinstance(found, dict) else None


def _seconds(text: str | None) -> float | None:
    """`Retry-After` in seconds; its other form, a date, is answered with our own waiting."""
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else None


def _outcome(body: Any) -> str:
    """What a server said of a refusal, on one line and cut to a length that can be read."""
    issues = cast("Record", body).get("issue") if isinstance(body, dict) else None
    for issue in cast("list[Any]", issues) if isinstance(issues, list) else ():
        one = cast("Record", issue) if isinstance(issue, dict) else {}
        details: Any = one.get("details")
        text = one.get("diagnostics") or (cast("Record", details).get("text") if isinstance(details, dict) else None)
        if isinstance(text, str) and text.strip():
            plain = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
            return " ".join(plain.split())[:200]
    return ""


def results(body: Any, wanted: int) -> list[tuple[str, str]] | None:
    """(status, why) of each record of a transaction; None where the answer is not one for so many."""
    if not isinstance(body, dict) or cast("Record", body).get("resourceType") != "Bundle":
        return None
    entries = cast("Record", body).get("entry")
    if not isinstance(entries, list) or len(cast("list[Any]", entries)) != wanted:
        return None
    found: list[tuple[str, str]] = []
    for entry in cast("list[Any]", entries):
        response: Any = cast("Record", entry).get("response") if isinstance(entry, dict) else None
        status: Any = cast("Record", response).get("status") if isinstance(response, dict) else None
        if not isinstance(status, str) or not status[:3].isdigit():
            return None
        found.append((status[:3], _outcome(cast("Record", response).get("outcome"))))
    return found


def place_of(kind: str, answer: Answer) -> str:
    """Where the server keeps what it was just given, as "Patient/17"; empty where the answer does not say."""
    body = answer.body or {}
    if body.get("resourceType") == kind and isinstance(body.get("id"), str) and body["id"]:
        return f"{kind}/{body['id']}"
    parts = urlsplit(answer.location).path.split("/")
    return f"{kind}/{parts[parts.index(kind) + 1]}" if kind in parts[:-1] else ""


def found_place(kind: str, answer: Answer) -> str:
    """The same from the answer to a search."""
    entries = (answer.body or {}).get("entry")
    for entry in cast("list[Any]", entries) if isinstance(entries, list) else ():
        resource: Any = cast("Record", entry).get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and cast("Record", resource).get("resourceType") == kind:
            return f"{kind}/{cast('Record', resource).get('id')}"
    return ""
