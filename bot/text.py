"""The one normaliser at every border, and what else is decided by looking at text alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from math import ceil

from bot.links import reveal

MOST_CHARACTERS = 100_000
TITLE_CHARACTERS = 60
TITLE_UNITS = 90
FALLBACK_TITLE = "Conversation"
REDACTED = "[redacted]"

_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# C0 without tab and newline, DEL, C1, and the tag characters that smuggle invisible text.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\U000e0000-\U000e007f]")
# Embeddings, overrides and isolates reorder what follows them, also beyond our message.
# The mere marks (LRM, RLM, ALM) are needed by Hebrew and Arabic prose and change one place.
_BIDI_CONTROL = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What shows nothing at all: a platform refuses a message of only these.
_INVISIBLE = "\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
_INVISIBLE += "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
_VISIBLE = re.compile(f"[^{_INVISIBLE}]")


def normalise(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return text that every store, log and platform can take.

    Surrogate halves become U+FFFD (a pair becomes its character), controls but tab and
    newline and tag characters are removed, and at most `most` characters are kept.
    Everything else stays: it is the person's own wording.
    """
    return _CONTROL.sub("", _mend_surrogates(text))[:most]


def _mend_surrogates(text: str) -> str:
    """Join surrogate pairs and replace lone halves, which no UTF-8 store accepts."""
    if text.isascii() or _SURROGATE.search(text) is None:
        return text
    return _SURROGATE.sub("\ufffd", _PAIR.sub(_join_pair, text))


def _join_pair(pair: re.Match[str]) -> str:
    """Return the character that a surrogate pair stands for."""
    high, low = pair[0][0], pair[0][1]
    return chr(0x10000 + ((ord(high) - 0xD800) << 10) + ord(low) - 0xDC00)


# --- moments -----------------------------------------------------------------------------
# A time within a text of ours, between controls that `normalise` leaves in nobody's words.

_MOMENT = re.compile("\x02([0-9]{1,15})\x03")


def moment(ms: int) -> str:
    """Return a time (UTC milliseconds) as it stands in a text until a platform shows it."""
    return f"\x02{ms}\x03"


def show_moments(text: str, show: Callable[[int], str]) -> str:
    """Return a text with each moment as `show` says it; of one that was cut nothing is left."""
    shown = _MOMENT.sub(lambda found: show(int(found[1])), text)
    return shown.replace("\x02", "").replace("\x03", "")


# --- what is seen --------------------------------------------------------------------------


def is_blank(text: str) -> bool:
    """Tell whether nothing in `text` would be seen: only white space and zero-width."""
    return _VISIBLE.search(text) is None


def utf16_length(text: str) -> int:
    """Count UTF-16 code units, the strictest way in which a platform may count."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# --- grapheme clusters -------------------------------------------------------------------
# A conservative reading of https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries:
# where in doubt a boundary is denied, so that nothing that belongs together is cut.

_ZWJ = "\u200d"
_MARKS = ("Mn", "Mc", "Me")
# Marks by use, though not by category: ZWNJ, ZWJ, Thai and Lao AM, half-width sound marks.
_EXTENDING = frozenset("\u200c\u200d\u0e33\u0eb3\uff9e\uff9f")


def is_boundary(text: str, at: int, start: int = 0) -> bool:
    """Tell whether `text` may be cut at `at` without cutting a grapheme cluster.

    Looks at the characters on both sides, and for flags back to `start`, never ahead: the
    answer does not change while the text grows.
    """
    if at <= start or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before == _ZWJ:
        return False
    if after < "\u0300":
        return not (before == "\r" and after == "\n")
    if _extends(after):
        return False
    if "\U0001f1e6" <= after <= "\U0001f1ff":
        return _count_flags(text, at, start) % 2 == 0
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return False
    return not _joins_hangul(before, after)


def last_boundary(text: str, at: int, start: int = 0) -> int:
    """Return the last cluster boundary not after `at`; `start` if there is none between."""
    while at > start and not is_boundary(text, at, start):
        at -= 1
    return at


def _extends(char: str) -> bool:
    """Tell whether a character belongs to the cluster before it."""
    return (
        unicodedata.category(char) in _MARKS
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # tags of subdivision flags
        or char in _EXTENDING
    )


def _count_flags(text: str, at: int, start: int) -> int:
    """Count the regional indicators just before `at`: a flag is a pair of them."""
    first = at
    while first > start and "\U0001f1e6" <= text[first - 1] <= "\U0001f1ff":
        first -= 1
    return at - first


def _joins_hangul(before: str, after: str) -> bool:
    """Tell whether two Hangul characters form one syllable."""
    left, right = _hangul(before), _hangul(after)
    return left + right in ("LL", "LV", "LS", "VV", "VT", "TT", "SV", "ST")


def _hangul(char: str) -> str:
    """Name the kind of a Hangul character: L, V, T, S for a whole syllable, or nothing."""
    if "\u1100" <= char <= "\u115f" or "\ua960" <= char <= "\ua97c":
        return "L"
    if "\u1160" <= char <= "\u11a7" or "\ud7b0" <= char <= "\ud7c6":
        return "V"
    if "\u11a8" <= char <= "\u11ff" or "\ud7cb" <= char <= "\ud7fb":
        return "T"
    if "\uac00" <= char <= "\ud7a3":
        return "S"
    return ""


# --- short forms ---------------------------------------------------------------------------

_MENTION = re.compile(r"<(?:@[!&]?|#)\d+>|</[^<>:\n]{1,100}:\d+>|<t:-?\d+(?::[a-zA-Z])?>")
_EMOJI = re.compile(r"<a?(:\w{1,64}:)\d+>")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[\w+#.-]*[ \t]*$", re.MULTILINE)
_LEADER = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>+[ \t]*|[-*+][ \t]+)+", re.MULTILINE)
_MARKUP = re.compile(r"`+|\*+|~~+|\|\|+|(?<!\w)_+|_+(?!\w)")
_MARKDOWN = re.compile(r"[\\`*_~|<>\[\]()#:@]")
# A sign as `escape` writes it.
ESCAPED = re.compile(rf"\\({_MARKDOWN.pattern})")
_SPACES = re.compile(r"\s+")
_COMBINING_MOST = 8


def title(text: str) -> str:
    """Return a thread title: the first words, without mentions, markup or tricks."""
    text = _CONTROL.sub("", _mend_surrogates(text[:4_000]))
    text = _BIDI.sub("", _EMOJI.sub(r"\1", _MENTION.sub(" ", text)))
    text = _LEADER.sub("", _FENCE.sub(" ", _LINK.sub(r"\1", text)))
    text = _cut_marks(_SPACES.sub(" ", _MARKUP.sub("", text)).strip())
    short = _shorten(text, TITLE_CHARACTERS)
    while utf16_length(short) > TITLE_UNITS:
        short = _shorten(text, len(short) - 1)
    return FALLBACK_TITLE if is_blank(short.rstrip("\u2026")) else short


def excerpt(text: str, most: int) -> str:
    """Return the beginning of a text on one line, at most `most` characters."""
    text = _BIDI.sub("", _CONTROL.sub("", _mend_surrogates(text[: most * 4 + 64])))
    return _shorten(_SPACES.sub(" ", text).strip(), most)


def escape(text: str) -> str:
    """Return a text as Markdown that shows it as it is: no markup, no mention, no link."""
    return _MARKDOWN.sub(r"\\\g<0>", text)


def _shorten(text: str, most: int) -> str:
    """Cut at a word, else at a cluster, and say so with an ellipsis."""
    if len(text) <= most:
        return text
    space = text.rfind(" ", most // 2, most)
    cut = space if space > 0 else last_boundary(text, most - 1) or most - 1
    return text[: max(cut, 0)].rstrip(" ,;:.-") + "\u2026"


def _cut_marks(text: str) -> str:
    """Cut runs of combining marks, which would otherwise climb over other lines."""
    if text.isascii():
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in _MARKS else 0
        if run <= _COMBINING_MOST:
            kept.append(char)
    return "".join(kept)


# --- what a model wrote ----------------------------------------------------------------------

# Discord tokens begin with a user id in base64: every four characters are three digits.
# https://discord.com/developers/docs/reference#authentication
_DIGITS64 = "[MNO][DTjz][AEIMQUYcgk][w-z0-5]"
_SECRET = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?=[A-Za-z_-]{0,64}\d)[A-Za-z0-9_-]{20,}"
    r"|(?:xox[a-z]|xapp)-(?=[A-Za-z-]{0,64}\d)[A-Za-z0-9-]{10,}"
    rf"|(?:{_DIGITS64}){{5,9}}[\w-]{{0,4}}\.[\w-]{{6}}\.[\w-]{{27,}}"
    r")"
    r"|(?<=/api/webhooks/)\d{5,20}/[\w-]{30,}",
    re.ASCII,
)
_SECRET_MARKS = ("sk-", "xox", "xapp-", "/api/webhooks/")
_TOKEN_MIDDLE = re.compile(r"\.[\w-]{6}\.[\w-]{27}", re.ASCII)
# Every shape is made of these, so one that goes on begins in the last run of them.
_SHAPE_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./"
# The same shapes, begun but not ended where the text ends so far.
_SECRET_BEGUN = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:"
    r"sk-[A-Za-z0-9_-]*|sk?"
    r"|(?:xox[a-z]|xapp)-[A-Za-z0-9-]*|x(?:o(?:x[a-z]?)?|a(?:pp?)?)?"
    rf"|(?:{_DIGITS64}){{5,9}}[\w-]{{0,4}}\.[\w-]{{0,6}}(?:\.[\w-]*)?"
    rf"|(?:{_DIGITS64}){{5,9}}[\w-]{{0,4}}"
    rf"|(?:{_DIGITS64}){{0,4}}[MNO](?:[DTjz][AEIMQUYcgk]?)?"
    rf"|(?:{_DIGITS64}){{1,4}}"
    r")"
    r"|(?<=/api/webhooks/)\d{1,20}(?:/[\w-]*)?)\Z",
    re.ASCII,
)


def clean_output(text: str, final: bool = True) -> str:
    """Return what a model wrote without controls, tricks or secrets, its links revealed.

    While it still writes (`final` false) the result of a longer text always begins with the
    result of a shorter one: an end that may yet turn out to be (part of) a secret is held
    back until that is decided.
    """
    if not final and "\ud800" <= text[-1:] <= "\udbff":
        text = text[:-1]
    text = clean_signs(text)
    if not final:
        text = text[: _find_undecided(text)]
    return reveal(_SECRET.sub(REDACTED, text) if _may_hold_secret(text) else text, final)


def clean_signs(text: str) -> str:
    """Return what a model wrote without controls and what reorders other text."""
    text = _CONTROL.sub("", _mend_surrogates(text))
    return text if text.isascii() else _BIDI_CONTROL.sub("", text)


def holds_secret(text: str) -> bool:
    """Tell whether something in a text has the shape of a key or token."""
    return _may_hold_secret(text) and _SECRET.search(text) is not None


def _may_hold_secret(text: str) -> bool:
    """Tell, much faster than the shapes themselves, whether looking for them is worth it."""
    return any(sign in text for sign in _SECRET_MARKS) or _TOKEN_MIDDLE.search(text) is not None


def _find_undecided(text: str) -> int:
    """Return where a secret may have begun that goes on beyond the end of the text."""
    begun = _SECRET_BEGUN.search(text, len(text.rstrip(_SHAPE_SIGNS)))
    if begun is None:
        return len(text)
    if not _may_hold_secret(text):
        return begun.start()
    for secret in _SECRET.finditer(text):
        if secret.start() >= begun.start():
            break
        if secret.end() > begun.start():
            begun = _SECRET_BEGUN.search(text, secret.end())
            if begun is None:
                return len(text)
    return begun.start()


# --- tokens --------------------------------------------------------------------------------

_RUN = re.compile(
    r"(?P<word>[A-Z]?[a-z\u00c0-\u024f]+|[A-Z]+)"
    r"|(?P<digits>[0-9]{1,3})"
    r"|(?P<lines>\n+)"
    r"|(?P<spaces>[^\S\n]+)"
    r"|(?P<signs>[!-/:-@\[-`{-~]+)"
    r"|(?P<cyrillic>[\u0400-\u052f]+)"
    r"|(?P<arabic>[\u0600-\u06ff]+)"
    r"|(?P<devanagari>[\u0900-\u097f]+)"
    r"|(?P<hangul>[\uac00-\ud7a3]+)"
    r"|(?P<cjk>[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+)"
    r"|(?P<other>[^\s!-~\u00c0-\u052f\u0600-\u06ff\u0900-\u097f\u3000-\u30ff\u3400-\u9fff"
    r"\uac00-\ud7a3\uff00-\uffef]+)"
    r"|(?P<rest>.)",
    re.DOTALL,
)
_PER_CHARACTER = {
    "cyrillic": 1 / 4.2,
    "arabic": 1 / 3.4,
    "devanagari": 1 / 3.2,
    "hangul": 0.6,
    "cjk": 0.68,
    "other": 1.5,
    "rest": 1.5,
}


def estimate_tokens(text: str) -> int:
    """Estimate how many tokens a model counts; a provider's own figure is always better.

    Tends to count too many, since what it is for is to hold enough before a call.
    """
    total = 0.0
    for run in _RUN.finditer(text):
        kind = run.lastgroup
        length = run.end() - run.start()
        match kind:
            case "word":
                total += 1 if length <= 8 else 1 + (length - 8) / 5
            case "digits":
                total += 1
            case "lines":
                total += 0.6
            case "spaces":
                total += 0 if length == 1 else 1
            case "signs":
                total += ceil(length / 2.2)
            case _:
                total += length * _PER_CHARACTER[kind or "rest"]
    return ceil(total)
