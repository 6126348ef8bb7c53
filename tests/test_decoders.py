"""A decoder goes from one bot of the tests to the next only where nothing is left of a job."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from adapters.files.worker import Overtaxed
from tests.decoders import LentWorker, end_all
from tests.studio import CAT
from tests.test_files_pictures import CountingMeter

JOB = {"job": "picture", "form": "png"}


@pytest.fixture(autouse=True)
async def fresh() -> AsyncIterator[None]:
    end_all()
    yield
    end_all()


async def test_the_next_takes_it_over() -> None:
    first, second, third = (LentWorker(CountingMeter()) for _ in range(3))
    made = await first.run(JOB, CAT)
    pid = first.pid
    await first.close()
    assert first.pid is None
    assert await second.run(JOB, CAT) == made
    assert second.pid == pid
    # It is nobody else's meanwhile.
    await third.run(JOB, CAT)
    assert third.pid not in (None, pid)
    await second.close()
    await third.close()


async def test_one_at_work_is_ended() -> None:
    worker, other = LentWorker(CountingMeter()), LentWorker(CountingMeter())
    await worker.run(JOB, CAT)
    pid = worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    job = asyncio.create_task(worker.run(JOB, CAT))
    while not worker._talking:
        await asyncio.sleep(0)
    await worker.close()
    with pytest.raises(Overtaxed):
        await job
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    await other.run(JOB, CAT)
    assert other.pid != pid
    await other.close()


async def test_one_that_ended_is_not_taken_over() -> None:
    first, second = LentWorker(CountingMeter()), LentWorker(CountingMeter())
    await first.run(JOB, CAT)
    pid = first.pid
    assert pid is not None
    await first.close()
    os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    await second.run(JOB, CAT)
    assert second.pid != pid
    await second.close()
