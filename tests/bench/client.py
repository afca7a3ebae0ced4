"""A browser's worth of HTTP for the bench: one kept connection, a cookie, medians in milliseconds."""

from __future__ import annotations

import http.client
import json
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

_TOKEN = re.compile(rb'name="csrf-token" content="([^"]+)"|name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Client:
    """One signed-in connection. Raises RuntimeError on an answer other than expected."""

    port: int
    cookie: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def ask(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send one request and read the whole answer; the cookie is kept."""
        self.connection.request(method, path, body, {"Cookie": self.cookie, **(headers or {})})
        answer = self.connection.getresponse()
        content = answer.read()
        for value in answer.headers.get_all("Set-Cookie", []):
            self.cookie = value.split(";")[0]
        return answer.status, content

    def get(self, path: str) -> bytes:
        status, content = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return content

    def token(self, path: str) -> str:
        found = _TOKEN.search(self.get(path))
        if found is None:
            raise RuntimeError(f"no token on {path}")
        return (found.group(1) or found.group(2)).decode()

    def sign_in(self, email: str, password: str) -> None:
        form = {"email": email, "password": password, "csrf_token": self.token("/sign-in")}
        status, _ = self.post("/sign-in", form)
        if status not in (302, 303):
            raise RuntimeError(f"sign-in answered {status}")

    def post(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(form).encode(), headers)

    def upload(self, path: str, body: bytes | Iterator[bytes], size: int, token: str) -> dict[str, object]:
        """Send a file as the pages do: the raw body, the token in a header."""
        headers = {"X-CSRFToken": token, "Content-Length": str(size), "Accept": "application/json"}
        status, content = self.ask("PUT", path, body, headers)
        if status != 201:
            raise RuntimeError(f"upload answered {status}: {content[:200]!r}")
        return dict(json.loads(content))


def median_ms(client: Client, path: str, runs: int = 15) -> float:
    """Median time of a whole page over one kept connection, after two warm-up requests."""
    times = []
    for number in range(runs + 2):
        started = time.perf_counter()
        client.get(path)
        if number >= 2:
            times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def once_ms(client: Client, path: str) -> float:
    """Time of one request."""
    started = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - started) * 1000
