"""Receivers on this machine for what the program sends: a web server that stands for robots and text-message
gateways, and a mail server. They take what comes over real sockets and answer as they are told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Hit:
    """One request as it came."""

    path: str
    query: dict[str, str]
    body: bytes


@dataclass
class Web:
    """What came, and what is answered: (status, text) in turn, the last for ever."""

    address: str = ""
    hits: list[Hit] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(
        default_factory=lambda: [(200, '{"errcode":0,"errmsg":"ok","code":0}')]
    )

    def next_answer(self) -> tuple[int, str]:
        """The answer to give now."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def web() -> Iterator[Web]:
    """A web server of its own thread."""
    told = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            told.hits.append(Hit(parts.path, query, body))
            status, text = told.next_answer()
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_of: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.address = f"http://127.0.0.1:{server.server_port}"
    with _running(server):
        yield told


@dataclass
class Mail:
    """What mail came, for whom; `refuse` is said to the recipient instead of taking him."""

    port: int = 0
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuse: str = ""

    def body(self, place: int = -1) -> str:
        """The text of a letter."""
        part = self.letters[place][1].get_body(("plain",))
        assert part is not None
        return str(part.get_content())


@contextmanager
def mail() -> Iterator[Mail]:
    """A mail server (RFC 5321, as much of it as a sender needs)."""
    told = Mail()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            to = ""
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"RCPT" and told.refuse:
                    self._say(told.refuse)
                elif word == b"DATA":
                    self._say("354 go on")
                    told.letters.append(
                        (to, message_from_bytes(self._data(), policy=policy.default))
                    )
                    self._say("250 taken")
                elif word == b"EHLO":
                    self._say("250-here\r\n250 AUTH PLAIN")
                elif word == b"AUTH":
                    self._say("235 known")
                elif word == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    to = line.decode().strip() if word == b"RCPT" else to
                    self._say("250 ok")

        def _data(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return b"".join(lines)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.port = server.server_address[1]
    with _running(server):
        yield told


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
