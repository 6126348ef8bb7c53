"""Every sentence about a file that was not read, and every remark on one that was."""

from __future__ import annotations

from adapters.files.headers import Header
from adapters.files.kinds import Foreign
from adapters.files.limits import LEAST_SIDE, MOST_ASPECT, MOST_PIXELS, TEXT_CHARACTERS
from bot.text import excerpt

_NAME_CHARACTERS = 60
FIRST_FRAME = "only its first frame is used"
_MEGAPIXELS = MOST_PIXELS // 1_000_000


def show_name(name: str) -> str:
    """Return a file's name as code, in which nothing is markup or a mention."""
    return f"`{excerpt(name.replace('`', ''), _NAME_CHARACTERS) or 'file'}`"


def empty(name: str) -> str:
    """Say that there is nothing in a file."""
    return f"The file is empty: {show_name(name)}."


def blank(name: str) -> str:
    """Say that there is nothing to read in a text."""
    return f"{show_name(name)} holds nothing but blank space."


def foreign(name: str, kind: Foreign) -> str:
    """Name a form that is not read."""
    instead = f"; please send {kind.instead}" if kind.instead else ""
    return f"{show_name(name)} is {kind.what}, which I do not read{instead}."


def not_as_claimed(name: str, what: str, claimed: str) -> str:
    """Say that a file is something else than its name or type says."""
    return f"{show_name(name)} is {what}, not {claimed}; please attach it again."


def unreadable_picture(name: str) -> str:
    """Say that a picture is damaged."""
    return f"{show_name(name)} is not a readable picture; it may be damaged or cut."


def rare_picture(name: str) -> str:
    """Say that a picture is of a kind that is not read."""
    return f"{show_name(name)} is a JPEG of a rare kind; please save it anew as JPEG or PNG."


def picture_too_large(name: str, header: Header) -> str:
    """Say that a picture has too many pixels."""
    return (
        f"{show_name(name)} is too large ({header.width:,} by {header.height:,} pixels); "
        f"I take up to {_MEGAPIXELS} megapixels."
    )


def picture_too_thin(name: str, header: Header) -> str:
    """Say that a picture has a shape in which nothing is left after scaling."""
    return (
        f"{show_name(name)} is too long and thin ({header.width:,} by {header.height:,} pixels); "
        f"I take up to {MOST_ASPECT} times as long as wide."
    )


def picture_too_small(name: str, header: Header) -> str:
    """Say that a picture has too few pixels."""
    return (
        f"{show_name(name)} is too small ({header.width} by {header.height} pixels); "
        f"I take {LEAST_SIDE} by {LEAST_SIDE} or more."
    )


def too_complex_picture(name: str) -> str:
    """Say that a picture took too much."""
    return f"That picture is too complex: {show_name(name)}; please send a smaller one."


def compressed(before: int, after: int) -> str:
    """Say that a picture was encoded harder; both are in bytes."""
    return f"{_reduced(before, after)} to fit the upload limit"


def made_smaller(before: int, after: int, width: int, height: int) -> str:
    """Say that a picture was scaled to fit."""
    return f"{_reduced(before, after)} ({width:,} by {height:,} pixels) to fit the upload limit"


def _reduced(before: int, after: int) -> str:
    return f"it was reduced from {_megabytes(before)} to {_megabytes(after)}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{max(1, size // 1_000)} kB"


def not_fitting() -> str:
    """Say that a picture cannot be uploaded."""
    return "The picture is too large to be uploaded here, however small it is made."


def closed_mask() -> str:
    """Say that a mask leaves nothing open."""
    return "The mask leaves nothing open to change: please paint something first."


def opaque() -> str:
    """Say that a picture has no transparent part."""
    return (
        "The picture has no transparent part, so nothing is left open to change; "
        "please attach a mask, or send a PNG with a transparent part."
    )


def mask_of_other_shape(mask: Header, width: int, height: int) -> str:
    """Say that a mask does not lie over its picture."""
    return (
        f"The mask has another shape ({mask.width:,} by {mask.height:,} pixels) than the picture "
        f"({width:,} by {height:,}); please send one of the picture's size."
    )


def mask_scaled(mask: Header, width: int, height: int) -> str:
    """Say that a mask was brought to its picture's size."""
    return f"scaled from {mask.width:,} by {mask.height:,} to {width:,} by {height:,} pixels"


def unreadable_mask() -> str:
    """Say that a mask is not a picture that can be read."""
    return "The mask is not a readable picture; please send a PNG of the picture's size."


def too_complex_pdf(name: str) -> str:
    """Say that a PDF took too much."""
    return f"That PDF is too complex: {show_name(name)}; please send its text, or fewer pages."


def unreadable_pdf(name: str) -> str:
    """Say that a PDF is damaged."""
    return f"{show_name(name)} is not a readable PDF; it may be damaged or cut."


def locked_pdf(name: str) -> str:
    """Say that a PDF needs a password."""
    return f"{show_name(name)} is protected by a password; please send it without one."


def pdf_without_text(name: str) -> str:
    """Say that a PDF holds pictures only."""
    return f"{show_name(name)} holds no text, only pictures; please send its pages as pictures."


def not_text(name: str) -> str:
    """Say that a file is neither known nor text."""
    return (
        f"{show_name(name)} is not a text file (UTF-8, or UTF-16 with a mark), nor a picture "
        "or PDF that I know."
    )


def text_cut(characters: int) -> str:
    """Say that only the beginning of a text was read."""
    return f"only the first {TEXT_CHARACTERS:,} of its {characters:,} characters were read"


def pages_cut(read: int, pages: int) -> str:
    """Say that only the first pages of a PDF were read."""
    return f"only its first {read} of {pages} pages were read"


def document_cut() -> str:
    """Say that only the beginning of a PDF's text was read."""
    return f"only the first {TEXT_CHARACTERS:,} characters of its text were read"
