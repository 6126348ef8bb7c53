"""Keep bytes by their hash: one contract for every store of them, then what files add to it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.errors import StoreError
from bot.ports import Blobs
from storage.blobs import FileBlobs

DAY_MS = 86_400_000


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = 1_767_225_600_000

    def now(self) -> int:
        return self.time

    def monotonic(self) -> float:
        return self.time / 1000

    async def sleep(self, seconds: float) -> None:
        self.time += round(seconds * 1000)


Open = Callable[[], Blobs]


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


# Every store of blobs goes through the same tests: a second kind is a second parameter.
@pytest.fixture(params=["files"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Open:
    """Return what opens the same store, as a process does at its start."""
    kinds: dict[str, Open] = {"files": lambda: FileBlobs(tmp_path / "blobs", clock)}
    return kinds[request.param]


@pytest.fixture
def blobs(reopen: Open) -> Blobs:
    return reopen()


# --- the contract --------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\0", b"a picture", bytes(range(256)) * 20_000])
async def test_bytes_come_back_by_their_hash(blobs: Blobs, data: bytes) -> None:
    blob = await blobs.put(data)
    assert blob == hashlib.sha256(data).hexdigest()
    assert await blobs.get(blob) == data


async def test_the_next_process_has_them_too(reopen: Open) -> None:
    blob = await reopen().put(b"kept")
    assert await reopen().get(blob) == b"kept"


async def test_what_is_not_kept_is_none(blobs: Blobs) -> None:
    assert await blobs.get("0" * 64) is None


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n", "\0"]
)
async def test_a_name_that_is_no_hash_is_not_kept(blobs: Blobs, name: str) -> None:
    assert await blobs.get(name) is None
    await blobs.delete(name)


async def test_deleted_twice_is_gone(blobs: Blobs) -> None:
    blob = await blobs.put(b"a")
    other = await blobs.put(b"b")
    await blobs.delete(blob)
    await blobs.delete(blob)
    assert await blobs.get(blob) is None
    assert await blobs.get(other) == b"b"


async def test_the_same_bytes_at_once_are_kept_once(blobs: Blobs, clock: SetClock) -> None:
    names = await asyncio.gather(*(blobs.put(b"same" * 9_000) for _ in range(20)))
    assert len(set(names)) == 1
    assert await blobs.older_than(clock.time + 1, 100) == [names[0]]


async def test_only_what_was_stored_before_is_old(blobs: Blobs, clock: SetClock) -> None:
    old = await blobs.put(b"old")
    clock.time += DAY_MS
    new = await blobs.put(b"new")
    assert await blobs.older_than(clock.time - DAY_MS, 10) == []
    assert await blobs.older_than(clock.time - DAY_MS + 1, 10) == [old]
    assert await blobs.older_than(clock.time, 10) == [old]
    assert sorted(await blobs.older_than(clock.time + 1, 10)) == sorted([old, new])


async def test_stored_again_is_stored_now(blobs: Blobs, clock: SetClock) -> None:
    blob = await blobs.put(b"again")
    clock.time += DAY_MS
    await blobs.put(b"again")
    assert await blobs.older_than(clock.time, 10) == []
    assert await blobs.get(blob) == b"again"


async def test_what_was_stored_since_is_not_deleted(blobs: Blobs, clock: SetClock) -> None:
    blob = await blobs.put(b"wanted again")
    clock.time += DAY_MS
    limit = clock.time
    assert await blobs.older_than(limit, 10) == [blob]
    await blobs.put(b"wanted again")
    await blobs.delete(blob, before=limit)
    assert await blobs.get(blob) == b"wanted again"
    await blobs.delete(blob, before=limit + 1)
    assert await blobs.get(blob) is None


@pytest.mark.parametrize("most", [1, 7, 40, 100])
async def test_looks_come_round_to_every_old_blob(blobs: Blobs, clock: SetClock, most: int) -> None:
    kept = {await blobs.put(f"blob {n}".encode()) for n in range(40)}
    clock.time += 1
    seen: list[str] = []
    for _ in range(-(-len(kept) // most)):
        found = await blobs.older_than(clock.time, most)
        assert 0 < len(found) <= most
        assert len(set(found)) == len(found)
        seen += found
    assert set(seen) == kept
    # Nothing is deleted, and still nothing is left out the second time round.
    again = [blob for _ in range(len(kept)) for blob in await blobs.older_than(clock.time, most)]
    assert set(again) == kept


@given(data=st.binary(max_size=2_000))
async def test_any_bytes_come_back(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    blobs = FileBlobs(tmp_path_factory.getbasetemp() / "any", SetClock())
    assert await blobs.get(await blobs.put(data)) == data


# --- files ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def files(folder: Path, clock: SetClock) -> FileBlobs:
    return FileBlobs(folder, clock)


def path_of(folder: Path, blob: str) -> Path:
    (path,) = folder.glob(f"*/{blob}")
    return path


async def test_files_are_for_the_owner_alone(files: FileBlobs, folder: Path) -> None:
    before = os.umask(0)
    try:
        blob = await files.put(b"private")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path_of(folder, blob).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o700}


@pytest.mark.parametrize("damage", [b"", b"half a pic", b"a picture!", b"b picture"])
async def test_a_damaged_file_is_not_given_out_and_heals(
    files: FileBlobs, folder: Path, damage: bytes
) -> None:
    blob = await files.put(b"a picture")
    path_of(folder, blob).write_bytes(damage)
    with capture_logs() as logs:
        assert await files.get(blob) is None
    assert [record["log_level"] for record in logs] == ["error"]
    await files.put(b"a picture")
    assert await files.get(blob) == b"a picture"


async def test_what_a_dead_process_left_is_swept(folder: Path, clock: SetClock) -> None:
    await FileBlobs(folder, clock).put(b"whole")
    (folder / "new" / "tmpabc").write_bytes(b"ha")
    fresh = FileBlobs(folder, clock)
    assert await fresh.older_than(clock.time, 10) == []
    assert list((folder / "new").iterdir()) == []


async def test_strange_files_in_the_folder_are_left_alone(
    files: FileBlobs, folder: Path, clock: SetClock
) -> None:
    blob = await files.put(b"mine")
    stranger = folder / blob[:2] / "readme.txt"
    stranger.write_text("not a blob")
    os.utime(stranger, (0, 0))
    assert await files.older_than(clock.time + 1, 10) == [blob]
    assert stranger.exists()


async def test_a_write_that_fails_leaves_nothing_and_says_so(
    files: FileBlobs, folder: Path
) -> None:
    blob = hashlib.sha256(b"x").hexdigest()
    await files.put(b"first")
    # A folder where the file belongs stands for every disk that refuses the last step.
    (folder / blob[:2] / blob).mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot keep files under"):
        await files.put(b"x")
    assert list((folder / "new").iterdir()) == []


async def test_a_folder_that_cannot_be_made_is_a_store_error(
    tmp_path: Path, clock: SetClock
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError):
        await FileBlobs(tmp_path / "file" / "blobs", clock).put(b"x")


async def test_the_bytes_are_on_the_disk_before_the_name_is(
    files: FileBlobs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await files.put(b"the folder is made")
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noting_fsync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def noting_replace(self: Path, target: Path) -> Path:
        steps.append("name")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(Path, "replace", noting_replace)
    await files.put(b"durable")
    # The folder of its shard comes first: a name in a folder that is lost would be lost too.
    assert steps == ["folder", "file", "name", "folder"]
    steps.clear()
    shard = hashlib.sha256(b"durable").hexdigest()[:2]
    each = (str(n).encode() for n in range(10_000))
    await files.put(next(data for data in each if hashlib.sha256(data).hexdigest()[:2] == shard))
    assert steps == ["file", "name", "folder"]
