"""`python -m adapters.files.inside MEMORY CPU`: the process that decodes what people send.

It is started with an empty environment and limits itself: MEMORY bytes in all, CPU seconds for
a job, no files. It reads jobs from its standard input and ends with it, so it never outlives
the bot. Whatever a file makes a decoder do stays in here.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

from adapters.files import frames
from adapters.files.kinds import Form
from adapters.files.limits import FIT_SIDE

if TYPE_CHECKING:
    from adapters.files.masks import Mask

OPEN_FILES = 32
MOST_INPUT = 256 * 1024 * 1024


def main(memory_bytes: int, cpu_seconds: int) -> int:
    """Do one job after the other until the input ends."""
    jobs, results = sys.stdin.buffer, _take_output()
    _limit(resource.RLIMIT_AS, memory_bytes)
    # No memory image, no files written, few opened.
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    while True:
        try:
            words, data = frames.unpack(lambda size: _read(jobs, size), MOST_INPUT)
        except EOFError:
            return 0
        _limit_time(cpu_seconds)
        said, made = _do(words, data)
        del data
        results.write(frames.pack(said, len(made)))
        results.write(made)
        results.flush()


def _take_output() -> BinaryIO:
    """Keep standard output for results: what a library prints goes nowhere."""
    results = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return results


def _limit(what: int, value: int) -> None:
    # Some systems know a limit by name only; the others still hold.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (value, value))


def _limit_time(seconds: int) -> None:
    """Let the system end this process if the next job takes too long."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    most = int(spent.ru_utime + spent.ru_stime) + 1 + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _read(jobs: BinaryIO, size: int) -> bytes:
    data = jobs.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _do(words: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Do a job; what goes wrong is a word, too."""
    try:
        match words.get("job"):
            case "picture":
                return _do_picture(Form(words["form"]), data, int(words.get("side", FIT_SIDE)))
            case "pdf":
                return _do_pdf(data)
            case "chart":
                return _do_chart(data)
            case "result" | "fit" | "mask" | "transparency" | "alike":
                return _do_edit(words, data)
            case job:
                return {"end": "unknown job", "job": str(job)}, b""
    except MemoryError:
        return {"end": "memory"}, b""
    except Exception as error:
        return {"end": "failed", "detail": f"{type(error).__name__}: {error}"[:200]}, b""


def _do_picture(form: Form, data: bytes, side: int) -> tuple[dict[str, Any], bytes]:
    from adapters.files.pictures import Unreadable, clean

    try:
        made = clean(data, form, side)
    except Unreadable as error:
        return {"end": "unreadable", "detail": str(error)[:200]}, b""
    return {"end": "picture", "mime": made.mime}, made.data


def _do_chart(data: bytes) -> tuple[dict[str, Any], bytes]:
    from adapters.files.charts import draw

    return {"end": "chart"}, draw(json.loads(data))


def _do_edit(words: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Do what edits of pictures need beside the reading of pictures."""
    from adapters.files import masks, results
    from adapters.files.pictures import Unreadable

    form = Form(words["form"])
    try:
        match words["job"]:
            case "result":
                made = results.restore(data, form)
                return {"end": "picture", "mime": made.mime}, made.data
            case "fit":
                made, smaller = results.fit(data, form, int(words["most"]))
                return {"end": "picture", "mime": made.mime, "smaller": smaller}, made.data
            case "mask":
                mask = masks.read_mask(data, form, (int(words["width"]), int(words["height"])))
                return _say_mask(mask), mask.data
            case "transparency":
                mask = masks.open_transparency(data, form)
                return _say_mask(mask), mask.data
            case _:
                one, other = data[: words["first"]], data[words["first"] :]
                alike = results.look_alike(one, form, other, Form(words["other"]))
                return {"end": "compared", "alike": alike}, b""
    except Unreadable as error:
        return {"end": "unreadable", "detail": str(error)[:200]}, b""
    except masks.Misshapen as error:
        return {"end": "misshapen", "width": error.size[0], "height": error.size[1]}, b""
    except masks.Closed:
        return {"end": "closed"}, b""


def _say_mask(mask: Mask) -> dict[str, Any]:
    width, height = mask.size
    return {"end": "mask", "share": mask.share, "width": width, "height": height}


def _do_pdf(data: bytes) -> tuple[dict[str, Any], bytes]:
    from adapters.files.pdfs import Damaged, Locked, read_document

    try:
        made = read_document(data)
    except Damaged as error:
        return {"end": "unreadable", "detail": str(error)[:200]}, b""
    except Locked:
        return {"end": "locked"}, b""
    text = made.text.encode("utf-8", "replace")
    return {"end": "text", "read": made.read, "pages": made.pages}, text


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
