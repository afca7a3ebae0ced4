"""A1: the server is killed at random moments under load; nothing it had answered "stored" is lost, nothing dangles.

30 kills in the normal run (10 when it is repeated on PostgreSQL), 300 with ITSMCOMPLY_DEEP.
SEED chooses another run; the deep run draws anew each time.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from itsmcomply.activity.models import ActivityEntry
from itsmcomply.activity.rules import Link, chain_problems
from itsmcomply.db import db
from itsmcomply.evidence.models import Blob, Upload
from itsmcomply.evidence.store import LocalStore
from itsmcomply.evidence.verification import verify_store
from itsmcomply.installation import prepare
from tests.bench.client import Client
from tests.bench.data import MANAGER, PASSWORD, SLUG, fill
from tests.bench.server import Server, serving
from tests.conftest import ON_POSTGRES
from tests.reliability.drawing import seed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kill")]
KILLS = 300 if os.environ.get("ITSMCOMPLY_DEEP") else 10 if ON_POSTGRES else 30
UPLOADERS = 8
SEED = seed()


@dataclass
class Load:
    """Uploaders that go on until the server is gone; `acked` are digests it answered 201 for."""

    port: int
    cookie: str
    token: str
    random: random.Random
    acked: list[str] = field(default_factory=list)

    def run_until_killed(self, server: Server, seconds: float) -> None:
        threads = [threading.Thread(target=self._upload_on, args=(self.random.random(),)) for _ in range(UPLOADERS)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        os.kill(server.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(30)

    def _upload_on(self, seed: float) -> None:
        draw, client = random.Random(seed), Client(self.port, self.cookie)
        with suppress(OSError, HTTPException), closing(client.connection):  # until the server is gone, as intended
            while True:
                content = draw.randbytes(draw.choice((1 << 10, 1 << 16, 1 << 20, 5 << 20)))
                client.upload(f"/s/{SLUG}/uploads?name=kill.bin", content, len(content), self.token)
                self.acked.append(hashlib.sha256(content).hexdigest())


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kill") / "instance"
    app = prepare(path, None, {})
    fill(app, 5)
    with app.app_context():
        db.engine.dispose()
    return path


def test_nothing_answered_as_stored_is_lost_by_a_kill(instance: Path) -> None:
    print(f"SEED={SEED}")
    draw, acked = random.Random(SEED), list[str]()
    for _ in range(KILLS):
        with serving(instance, ITSMCOMPLY_FREE_SPACE_FLOOR_MIB="0") as server:
            client = Client(server.port)
            client.sign_in(MANAGER, PASSWORD)
            token = client.token(f"/s/{SLUG}/my-work")
            load = Load(server.port, client.cookie, token, draw)
            client.connection.close()
            load.run_until_killed(server, draw.uniform(0.05, 0.6))
        acked += load.acked

    assert len(acked) > KILLS
    _nothing_is_lost(instance, acked)


def _nothing_is_lost(instance: Path, acked: list[str]) -> None:
    engine = create_engine(f"sqlite:///{instance / 'itsmcomply.sqlite3'}")
    with Session(engine) as session:
        report = verify_store(session, LocalStore(instance / "store", free_space_floor=0))
        blobs = set(session.scalars(select(Blob.sha256)))
        received = session.scalar(select(func.count()).where(ActivityEntry.action == "evidence.received"))
        uploads = session.scalar(select(func.count()).select_from(Upload))
        entries = session.execute(
            select(ActivityEntry.seq, ActivityEntry.line, ActivityEntry.line_hash).order_by(ActivityEntry.seq)
        ).all()
    engine.dispose()
    assert report.problems == ()
    assert set(acked) <= blobs
    assert received == uploads
    assert len(acked) <= (uploads or 0)
    assert chain_problems([Link(*entry) for entry in entries]) == []
