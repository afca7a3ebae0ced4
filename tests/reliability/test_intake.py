"""What the server itself takes in before the application can ask who sent it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from itsmcomply.db import db
from itsmcomply.installation import prepare
from itsmcomply.intake import STRANGERS_LIMIT
from tests.bench.client import Client
from tests.bench.data import MANAGER, PASSWORD, SLUG, fill
from tests.bench.server import Server, serving

BIG = STRANGERS_LIMIT + 1


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = tmp_path_factory.mktemp("intake") / "instance"
    app = prepare(path, None, {})
    fill(app, 5)
    with app.app_context():
        db.engine.dispose()
    with serving(path, ITSMCOMPLY_FREE_SPACE_FLOOR_MIB="0") as running:
        yield running


def answer_to(server: Server, cookie: str, *, length: str = f"Content-Length: {BIG}", body: bytes = b"") -> str:
    """The first line of the answer to an upload of which no more than `body` is sent."""
    path = f"/s/{SLUG}/uploads?name=a.bin"
    head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n{length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head.encode() + body)
        return connection.recv(100).decode().splitlines()[0]


def test_a_stranger_is_refused_before_the_body_comes(server: Server) -> None:
    assert "413" in answer_to(server, "")


def test_a_cookie_that_somebody_made_up_opens_nothing(server: Server) -> None:
    assert "413" in answer_to(server, "itsmcomply=eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb")


def test_a_visitor_who_never_signed_in_stays_a_stranger(server: Server) -> None:
    visitor = Client(server.port)
    visitor.get("/sign-in")
    visitor.connection.close()

    assert visitor.cookie.startswith("itsmcomply=")
    assert "413" in answer_to(server, visitor.cookie)


def test_a_body_without_a_length_is_cut_off_too(server: Server) -> None:
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"

    assert "413" in answer_to(server, "", length="Transfer-Encoding: chunked", body=piece * 2 + b"1\r\nx\r\n")


def test_a_body_of_whoever_signed_in_reaches_the_application(server: Server) -> None:
    client = Client(server.port)
    client.sign_in(MANAGER, PASSWORD)
    client.connection.close()

    assert "400" in answer_to(server, client.cookie, body=b"x" * BIG)  # it carries no token
