"""What a browser does on pages of evidence, with the test client: upload, file, decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import Cast, csrf


@dataclass
class Browser:
    """A signed-in person. `csrf` is the token their pages carry."""

    cast: Cast
    role: str
    client: FlaskClient = field(init=False)
    csrf: str = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.cast.client(self.role)
        self.csrf = csrf(self.client, self.cast.url("/evidence"))

    def get(self, path: str) -> TestResponse:
        return self.client.get(self.cast.url(path))

    def post(self, path: str, **values: Any) -> TestResponse:
        return self.client.post(self.cast.url(path), data={"csrf_token": self.csrf, **values})

    def put(self, name: str, content: bytes, *, token: str | None = None, **options: Any) -> TestResponse:
        """Send a file as a page does; `token` replaces the CSRF token ("" sends none)."""
        headers = {"Content-Type": "application/octet-stream", "Accept": "application/json"}
        if token != "":
            headers["X-CSRFToken"] = token or self.csrf
        return self.client.put(
            self.cast.url(f"/uploads?name={quote(name, safe='', errors='surrogatepass')}"),
            data=content,
            headers=headers,
            **options,
        )

    def upload(self, name: str = "procedure.txt", content: bytes = b"The procedure.") -> str:
        """Upload and return the token."""
        answer = self.put(name, content)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["token"])

    def file(self, name: str = "procedure.txt", content: bytes = b"The procedure.", **values: Any) -> TestResponse:
        """Upload a file and file it under the major incident procedure; `values` replace fields of the first row."""
        return self.file_tokens([self.upload(name, content)], **values)

    def file_tokens(self, tokens: list[str], **values: Any) -> TestResponse:
        data: dict[str, Any] = {"kind": "file", "token": tokens}
        for index in range(len(tokens)):
            data |= {
                f"f{index}-keep": "y",
                f"f{index}-artefact": "Major incident procedure",
                f"f{index}-title": "Major incident procedure",
                f"f{index}-effective_on": "2026-11-02",
                f"f{index}-owner": "0",
                f"f{index}-confidentiality": "internal",
            }
        data |= {f"f0-{name}": value for name, value in values.items()}
        return self.post("/evidence/new", **data)

    def decide(self, version_id: int, decision: str = "accepted", **values: Any) -> TestResponse:
        """Open a version in review and send the form of that page."""
        page = self.get(f"/review/{version_id}").text
        shown = {name: _value(page, name) for name in ("sha256", "after_review", "following")}
        return self.post(f"/review/{version_id}", decision=decision, **{**shown, **values})


def _value(page: str, name: str) -> str:
    marker = f'name="{name}" value="'
    return page.partition(marker)[2].partition('"')[0] if marker in page else ""
