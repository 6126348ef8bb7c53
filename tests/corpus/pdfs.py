"""PDFs by hand: pages of words, of pictures only, locked, looping, bursting."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence

from tests.corpus import pictures

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def document(objects: Mapping[int, bytes], root: int = 1, trailer: bytes = b"") -> bytes:
    """Return a file of numbered objects with its table of where they stand."""
    data = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = {}
    for number, body in objects.items():
        places[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    last = max(objects)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
    for number in range(1, last + 1):
        if number in places:
            data += b"%010d 00000 n \n" % places[number]
        else:
            data += b"0000000000 65535 f \n"
    return data + b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        last + 1,
        root,
        trailer,
        start,
    )


def stream(body: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), extra, body)


def packed(body: bytes) -> bytes:
    return stream(zlib.compress(body), b"/Filter /FlateDecode")


def show(text: str) -> bytes:
    escaped = (
        text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    )
    return b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % escaped


def paged(
    contents: Sequence[bytes], more: Mapping[int, bytes] | None = None, trailer: bytes = b""
) -> bytes:
    """Return a document with these content streams (whole objects), one a page."""
    count = len(contents)
    kids = b" ".join(b"%d 0 R" % (10 + 2 * n) for n in range(count))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids),
        3: FONT,
    }
    for n, content in enumerate(contents):
        objects[10 + 2 * n] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /I 4 0 R >> >> /Contents %d 0 R >>"
            % (11 + 2 * n)
        )
        objects[11 + 2 * n] = content
    return document(dict(sorted({**objects, **(more or {})}.items())), trailer=trailer)


def words(*pages: str) -> bytes:
    return paged([packed(show(page)) for page in pages])


def picture_only() -> bytes:
    data = pictures.jpeg()
    image = stream(
        data,
        b"/Type /XObject /Subtype /Image /Width 320 /Height 240 /ColorSpace /DeviceRGB "
        b"/BitsPerComponent 8 /Filter /DCTDecode",
    )
    return paged([packed(b"q 400 0 0 300 72 400 cm /I Do Q")], {4: image})


_PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def locked(password: bytes, text: str = "A locked word") -> bytes:
    """Return a document locked by RC4 of 40 bits (ISO 32000-1, 7.6.3, revision 2)."""
    padded = (password + _PAD)[:32]
    ident = bytes(range(16))
    master = hashlib.md5((b"the owner's" + _PAD)[:32], usedforsecurity=False)
    owner = _rc4(master.digest()[:5], padded)
    rights = (-4).to_bytes(4, "little", signed=True)
    key = hashlib.md5(padded + owner + rights + ident, usedforsecurity=False).digest()[:5]
    user = _rc4(key, _PAD)
    number = 11
    own = hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0", usedforsecurity=False)
    content = stream(_rc4(own.digest()[:10], show(text)))
    return paged(
        [content],
        {
            5: b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>"
            % (owner.hex().encode(), user.hex().encode())
        },
        b"/Encrypt 5 0 R /ID [<%s> <%s>]" % (ident.hex().encode(), ident.hex().encode()),
    )


def locked_by_aes() -> bytes:
    """Return a document that says it is locked by AES, which needs a package of its own."""
    return paged(
        [stream(bytes(48))],
        {
            5: b"<< /Filter /Standard /V 5 /R 6 /P -4 /Length 256 /O <%s> /U <%s> /OE <%s> "
            b"/UE <%s> /Perms <%s> /CF << /StdCF << /CFM /AESV3 /Length 32 >> >> "
            b"/StmF /StdCF /StrF /StdCF >>"
            % (b"00" * 48, b"00" * 48, b"00" * 32, b"00" * 32, b"00" * 16)
        },
        b"/Encrypt 5 0 R /ID [<00> <00>]",
    )


def looping() -> bytes:
    """Return a document whose tree of pages leads back to itself."""
    return document(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Count 9 /Kids [3 0 R 2 0 R] >>",
            3: b"<< /Type /Pages /Count 9 /Kids [2 0 R 3 0 R] /Parent 2 0 R >>",
        }
    )


def bursting(size: int = 1_000_000_000) -> bytes:
    """Return a document whose one page inflates to a gigabyte."""
    return paged([stream(pictures.inflating(size), b"/Filter /FlateDecode")])


def endless(operators: int) -> bytes:
    """Return a document whose one page takes very long to work through."""
    return paged([packed(b"BT /F1 1 Tf " + b"1 0 0 1 9 9 Tm (a) Tj " * operators + b"ET")])


def packed_twice(times: int) -> bytes:
    """Return a document whose page is packed again and again."""
    body = show("deep")
    for _ in range(times):
        body = zlib.compress(body)
    return paged([stream(body, b"/Filter [%s]" % (b"/FlateDecode " * times))])
