"""Read the text of a PDF; runs in the decoder's process only."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass

from pypdf import PdfReader

from adapters.files.limits import PDF_PAGES, PDF_SECONDS, TEXT_CHARACTERS


class Damaged(ValueError):
    """The bytes are not a PDF that can be read."""


class Locked(ValueError):
    """The PDF is protected by a password."""


@dataclass(frozen=True, slots=True)
class Document:
    """The text of the first `read` of all `pages`."""

    text: str
    read: int
    pages: int


def read_document(data: bytes) -> Document:
    """Read pages until there is enough text, or time is up. Raises `Damaged` or `Locked`."""
    deadline = time.process_time() + PDF_SECONDS
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        # Many are locked with no password at all, against changes only.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Locked
        pages = len(reader.pages)
    except (MemoryError, Locked):
        raise
    except Exception as error:
        if "ncrypt" in f"{error}" or "cryptography" in f"{error}":
            raise Locked from error
        raise Damaged(f"{type(error).__name__}: {error}") from error
    return _read_pages(reader, pages, deadline)


def _read_pages(reader: PdfReader, pages: int, deadline: float) -> Document:
    texts: list[str] = []
    room, read, failed = TEXT_CHARACTERS * 2, 0, 0
    for n in range(min(pages, PDF_PAGES)):
        if room <= 0 or time.process_time() >= deadline:
            break
        try:
            text = reader.pages[n].extract_text().strip()
        except MemoryError:
            raise
        except Exception:
            # One page that cannot be read is no reason to leave out the others.
            failed += 1
            text = ""
        read += 1
        if text:
            texts.append(text[:room])
            room -= len(texts[-1])
    if failed and failed == read:
        raise Damaged("no page could be read")
    return Document("\n\n".join(texts), read, pages)
