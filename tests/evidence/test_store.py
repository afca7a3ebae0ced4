"""The contract of every evidence store, and what only a local one can show."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import threading
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from itsmcomply.errors import IntegrityFailure, StartRefused, StorageFull
from itsmcomply.evidence.store import CHECKED_BEFORE_SENDING, CHUNK, BlobState, LocalStore, TooLarge, size_in_words

MIB = 1024 * 1024


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "evidence", free_space_floor=0)


class Zeros:
    """A stream of `size` zero bytes that holds none of them."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int, /) -> bytes:
        piece = bytes(min(size, self._left))
        self._left -= len(piece)
        return piece


class Broken(io.BytesIO):
    """A stream whose sender goes away after the first piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionResetError
        return piece


def put(store: LocalStore, content: bytes, name: str = "a.pdf", limit: int = 10 * MIB) -> str:
    return store.put(io.BytesIO(content), limit=limit, name=name).sha256


def files_of(store: LocalStore) -> list[Path]:
    return [path for path in store._root.rglob("*") if path.is_file()]


def test_bytes_come_back_as_they_went_in(store: LocalStore) -> None:
    content = os.urandom(3 * MIB + 17)

    stored = store.put(io.BytesIO(content), limit=10 * MIB, name="a.bin")

    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.size == len(content) == store.size(stored.sha256)
    assert stored.head == content[:8192]
    assert b"".join(store.chunks(stored.sha256)) == content
    with store.open(stored.sha256) as file:
        assert file.read() == content


def test_an_empty_file_is_kept_too(store: LocalStore) -> None:
    digest = put(store, b"")

    assert digest == hashlib.sha256(b"").hexdigest()
    assert list(store.chunks(digest)) == []
    assert store.check(digest) is BlobState.SOUND


def test_the_head_is_whole_even_when_the_sender_trickles(store: LocalStore) -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(100)

    content = os.urandom(20_000)

    stored = store.put(Trickle(content), limit=MIB, name="a.bin")

    assert stored.head == content[:8192]


def test_the_same_content_is_one_blob(store: LocalStore) -> None:
    first = put(store, b"same", "a.pdf")
    second = put(store, b"same", "b.pdf")

    assert first == second
    assert list(store.digests()) == [first]


def test_a_blob_is_read_only_and_lies_where_its_digest_says(store: LocalStore) -> None:
    digest = put(store, b"x", "../../etc/passwd")

    path = store._root / digest[:2] / digest[2:4] / digest
    assert files_of(store) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o440


def test_an_upload_over_a_damaged_copy_heals_it(store: LocalStore) -> None:
    digest = put(store, b"the minutes")
    path = store._path(digest)
    path.chmod(0o600)
    path.write_bytes(b"the minuteS")

    put(store, b"the minutes")

    assert store.check(digest) is BlobState.SOUND


def test_more_bytes_than_the_limit_are_refused_and_leave_nothing(store: LocalStore) -> None:
    with pytest.raises(TooLarge) as refused:
        put(store, bytes(MIB + 1), "Report.docx", limit=MIB)

    assert refused.value.errors["file"].startswith("Report.docx is larger than the limit of 1 MiB. Nothing was stored.")
    assert files_of(store) == []


def test_an_announced_size_over_the_limit_is_refused_before_a_byte_is_read(store: LocalStore) -> None:
    stream = Broken(b"")

    with pytest.raises(TooLarge) as refused:
        store.put(stream, limit=200 * MIB, name="Report.docx", announced=312 * MIB)

    assert refused.value.errors["file"] == (
        "Report.docx is 312 MiB; the limit is 200 MiB. Nothing was stored. Split it, or ask the administrator to raise "
        "the limit."
    )


def test_exactly_the_limit_is_kept(store: LocalStore) -> None:
    assert store.size(put(store, bytes(MIB), limit=MIB)) == MIB


def test_a_broken_connection_leaves_nothing(store: LocalStore) -> None:
    with pytest.raises(ConnectionResetError):
        store.put(Broken(bytes(2 * MIB)), limit=10 * MIB, name="a.bin")

    assert files_of(store) == []


def test_the_free_space_floor_refuses_an_upload(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, free_space_floor=10**18)

    with pytest.raises(StorageFull, match="no room left"):
        put(store, b"x")

    assert files_of(store) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG, errno.EDQUOT])
def test_a_full_device_is_told_apart_from_other_trouble(store: LocalStore, code: int) -> None:
    class Full(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(code, "device")

    with pytest.raises(StorageFull):
        store.put(Full(), limit=MIB, name="a.bin")

    assert files_of(store) == []


def test_other_trouble_of_the_device_is_not_hidden(store: LocalStore) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.EIO, "device")

    with pytest.raises(OSError, match="device"):
        store.put(Failing(), limit=MIB, name="a.bin")


def damaged(store: LocalStore, damage: str, content: bytes) -> str:
    """Put `content` and damage it on disk."""
    digest = put(store, content, limit=CHECKED_BEFORE_SENDING * 2)
    path = store._path(digest)
    path.chmod(0o600)
    match damage:
        case "flip":
            with path.open("r+b") as file:
                file.seek(len(content) // 2)
                file.write(bytes([content[len(content) // 2] ^ 1]))
        case "truncate":
            os.truncate(path, len(content) - 1)
        case "extend":
            with path.open("ab") as file:
                file.write(b"\0")
        case "empty":
            os.truncate(path, 0)
        case "delete":
            path.unlink()
    return digest


@pytest.mark.parametrize("damage", ["flip", "truncate", "extend", "empty", "delete"])
@pytest.mark.parametrize("size", [1000, CHECKED_BEFORE_SENDING + CHUNK + 5])
def test_damaged_bytes_never_leave_whole(store: LocalStore, damage: str, size: int) -> None:
    content = os.urandom(size)
    digest = damaged(store, damage, content)
    sent: list[int] = []

    with pytest.raises(IntegrityFailure):
        sent.extend(len(piece) for piece in store.chunks(digest))

    assert sum(sent) < size
    with pytest.raises(IntegrityFailure):
        store.open(digest)
    assert store.check(digest) is (BlobState.MISSING if damage == "delete" else BlobState.ALTERED)


def test_a_small_damaged_blob_sends_no_byte_at_all(store: LocalStore) -> None:
    digest = damaged(store, "flip", os.urandom(3 * MIB))

    with pytest.raises(IntegrityFailure):
        store.chunks(digest)


def test_two_blobs_that_changed_places_are_both_named(store: LocalStore) -> None:
    one, other = put(store, b"one"), put(store, b"other")
    spare = store._root / "spare"
    store._path(one).rename(spare)
    store._path(other).rename(store._path(one))
    spare.rename(store._path(other))

    assert [store.check(one), store.check(other)] == [BlobState.ALTERED, BlobState.ALTERED]


def test_pieces_nobody_reads_can_be_closed(store: LocalStore) -> None:
    pieces = store.chunks(put(store, b"x"))

    pieces.close()  # type: ignore[attr-defined]

    assert list(pieces) == []


def test_a_large_sound_blob_is_sent_whole(store: LocalStore) -> None:
    size = CHECKED_BEFORE_SENDING + CHUNK
    stored = store.put(Zeros(size), limit=2 * size, name="zeros")

    assert sum(len(piece) for piece in store.chunks(stored.sha256)) == size


def test_a_folder_in_place_of_a_blob_is_unreadable(store: LocalStore) -> None:
    digest = put(store, b"x")
    store._path(digest).unlink()
    store._path(digest).mkdir()

    assert store.check(digest) is BlobState.UNREADABLE
    with pytest.raises(IntegrityFailure, match="cannot be read"):
        store.open(digest)


def test_quarantined_bytes_are_out_of_reach_and_not_destroyed(store: LocalStore) -> None:
    digest = put(store, b"secret")

    store.quarantine(digest)

    assert store.check(digest) is BlobState.MISSING
    assert list(store.digests()) == []
    assert [path.read_bytes() for path in (store._root / "quarantine").iterdir()] == [b"secret"]


def test_digests_are_listed_in_order_and_other_files_left_out(store: LocalStore) -> None:
    digests = sorted(put(store, bytes([n])) for n in range(20))
    (store._root / digests[0][:2] / digests[0][2:4] / "notes.txt").write_text("stray")

    assert list(store.digests()) == digests


@pytest.mark.parametrize("digest", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n"])
def test_only_a_digest_names_a_blob(store: LocalStore, digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        store.check(digest)


def test_old_unfinished_uploads_are_cleared_and_young_ones_kept(store: LocalStore) -> None:
    old, young = store._root / "tmp" / "old", store._root / "tmp" / "young"
    old.write_bytes(b"1")
    young.write_bytes(b"2")
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    os.utime(old, (yesterday.timestamp(), yesterday.timestamp()))

    cleared = store.clear_temporary(older_than=datetime.now(UTC) - timedelta(hours=24))

    assert cleared == 1
    assert list((store._root / "tmp").iterdir()) == [young]


def test_memory_stays_flat_while_a_large_file_arrives(store: LocalStore) -> None:
    tracemalloc.start()
    try:
        store.put(Zeros(200 * MIB), limit=300 * MIB, name="large")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 8 * MIB


def test_thirty_two_senders_of_the_same_bytes_leave_one_sound_blob(store: LocalStore) -> None:
    content = os.urandom(200_000)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(put(store, content))) for _ in range(32)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 32
    assert list(store.digests()) == [found[0]]
    assert store.check(found[0]) is BlobState.SOUND
    assert list((store._root / "tmp").iterdir()) == []


def test_a_write_that_takes_only_a_part_is_continued(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: whole(descriptor, bytes(data)[:1000]))
    content = os.urandom(10_500)

    assert b"".join(store.chunks(put(store, content))) == content


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1535, "1.4 KiB"),
        (MIB - 1, "1023 KiB"),
        (200 * MIB, "200 MiB"),
        (3 * 1024 * MIB + 1, "3 GiB"),
        (5 * 1024**5, "5120 TiB"),
    ],
)
def test_sizes_read_like_sizes_and_are_never_rounded_up(size: int, words: str) -> None:
    assert size_in_words(size) == words


def test_a_store_across_two_devices_is_refused(tmp_path: Path) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second device to try")
    (tmp_path / "tmp").symlink_to(elsewhere)

    with pytest.raises(StartRefused, match="another device"):
        LocalStore(tmp_path)
