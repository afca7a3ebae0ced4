"""An auditor at the samples of an audit that has begun, over HTTP."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from itsmcomply.audits.sampling.models import AuditPopulation
from itsmcomply.db import db
from itsmcomply.evidence.models import Blob
from itsmcomply.web.resources import resources_of
from tests.audits.shop import Shop
from tests.audits.tickets.exports import SERVICENOW
from tests.cast import csrf

CLAUSES = ("8.6.1", "8.6.3")
ROW = "8.6.1-c"


class Desk:
    """An auditor at the samples of an audit that has begun."""

    def __init__(self, shop: Shop, *, who: str = "internal_auditor") -> None:
        self.shop, self.key = shop, shop.running(*CLAUSES)
        self.who, self.at = who, shop.cast.url(f"/audits/{self.key}")
        self.sign_in()

    def sign_in(self) -> None:
        """Also needed anew when the person was given another role."""
        self.client: FlaskClient = self.shop.cast.client(self.who)
        self.token = csrf(self.client, f"{self.at}/samples")

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"{self.at}{path}")

    def post(self, path: str, **data: object) -> TestResponse:
        return self.client.post(f"{self.at}{path}", data={"csrf_token": self.token, **data})

    def put(self, content: bytes, name: str = "export.csv", mapping: int = 0, *, wait: bool = True) -> TestResponse:
        answer = self.client.put(
            f"{self.at}/populations/from/{mapping}",
            query_string={"name": name},
            data=content,
            headers={"X-CSRFToken": self.token, "Content-Type": "application/octet-stream"},
        )
        if wait:
            self.wait()
        return answer

    def kept(self) -> set[str]:
        """Digests of everything in the store and of everything the database says is there."""
        with self.shop.cast.app.app_context():
            known = set(db.session.scalars(select(Blob.sha256)))
        return known | set(resources_of(self.shop.cast.app).store.digests())

    def left_behind(self) -> list[Path]:
        """What lies beside the store though nothing is read."""
        folder = self.shop.cast.app.extensions["itsmcomply.settings"].instance / "imports"
        return list(folder.iterdir()) if folder.exists() else []

    def wait(self) -> None:
        """Until nothing is read any more."""
        for thread in threading.enumerate():
            if thread.name.startswith("import-"):
                thread.join(60)

    def population(self) -> AuditPopulation:
        with self.shop.cast.app.app_context():
            query = select(AuditPopulation).order_by(AuditPopulation.id.desc()).limit(1)
            return db.session.execute(query).scalar_one()

    def draw(self, **given: object) -> TestResponse:
        """Draw from the first population."""
        data = {"title": "Incidents of February", "requirement": ROW, "kind": "incident", "method": "random"}
        data |= {"by": "priority", "size": "2", "confidence": "95", "seed": "42"}
        return self.post("/populations/1", **(data | given))

    def sampled(self, size: int = 2) -> str:
        """A drawn sample; gives its path."""
        self.put(SERVICENOW.encode())
        answer = self.draw(size=size)
        assert answer.status_code == 303, answer.text
        return "/samples/1"


@pytest.fixture
def auditor(shop: Shop) -> Desk:
    return Desk(shop)
