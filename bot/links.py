"""Show where the links of a model's answer lead, whatever their words say.

A link's words can name one place and its address another: `[bank.example](https://evil.example)`,
or `https://bank.example@evil.example`. Nothing is taken away; the place is written behind.
"""

from __future__ import annotations

import re

# In code nothing is a link. A span of code ends within its paragraph, and within this.
MOST_SPAN = 4_000
MOST_HOST = 255
MOST_WORDS = 1_000
MOST_INDENT = 40

# A title, and what stands before the address, are looked at no further than this.
MOST_TITLE = 300

# What a link of Markdown goes on with behind its words, as far as it has come.
_TITLE = rf"(?:[ \t]{{1,9}}\"[^\"\n]{{0,{MOST_TITLE}}}\")?"
_LINK = (
    r"\]\([ \t]{0,9}<?(?P<target>[a-z][a-z0-9+.-]{0,30}://[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)"
    rf"(?P<closed>>?{_TITLE}[ \t]{{0,9}}\))?"
)
_CLOSING = re.compile(
    rf"(?:\([^\s<>()]*|>?(?:[ \t]*|[ \t]+\"[^\"\n]{{0,{MOST_TITLE}}}\"?[ \t]*))\Z"
)
_BARE = r"(?P<bare>https?://[^\s/?#<>()\[\]]*@[^\s<>()\[\]]*)>?"
_CANDIDATE = re.compile(rf"{_LINK}|{_BARE}", re.IGNORECASE)
_SIGN = re.compile(rf"(?P<ticks>`+|^[ \t>]*~{{3,}})|{_LINK}|{_BARE}", re.IGNORECASE | re.MULTILINE)
_USER = re.compile(r"https?://[^/?#]*@", re.IGNORECASE)
_PLACE = re.compile(r"[a-z][a-z0-9+.-]*:/+(?:[^/?#]*@)?([^/?#]*)", re.IGNORECASE)
_NAMED = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?")
_NO_HOST = re.compile(r"[^\w.:\[\]%-]")
_PUNCTUATION = ".,;:!?'\"*_~|"


def reveal(text: str, final: bool = True) -> str:
    """Return a text with the place written behind each link that hides it.

    While the text still grows (`final` false) the result of a longer one always begins with
    the result of a shorter one.
    """
    if "](" not in text and not ("@" in text and "://" in text):
        return text
    made: list[str] = []
    done = at = 0
    while (sign := _SIGN.search(text, at)) is not None:
        if sign["ticks"]:
            end = _skip_code(text, sign, final)
            if end is None:
                hidden = _CANDIDATE.search(text, sign.end())
                return "".join((*made, text[done : _sure_end(hidden) if hidden else None]))
            at = end
            continue
        end = _end_of(sign)
        if not final and _may_go_on(text, sign):
            return "".join((*made, text[done:end]))
        place = _read(text, sign)
        made += [text[done:end], f" ({place})" if place else ""]
        done = at = end
    return "".join((*made, text[done:]))


def _end_of(link: re.Match[str]) -> int:
    """Return where a link ends: the sign that ends a sentence is no part of an address."""
    if link["target"] is not None:
        name = "closed" if link["closed"] else "target"
        return link.end(name) - _count_punctuation("" if link["closed"] else link["target"])
    return link.end() - (0 if link[0].endswith(">") else _count_punctuation(link[0]))


def _sure_end(link: re.Match[str]) -> int:
    """Return up to where nothing can be written into a link, whatever of it turns out code."""
    sign = "@" if link["target"] is None else "://"
    return link.start() + link[0].index(sign) + len(sign)


def _count_punctuation(address: str) -> int:
    return len(address) - len(address.rstrip(_PUNCTUATION))


def _may_go_on(text: str, link: re.Match[str]) -> bool:
    """Tell whether more text may still belong to a link."""
    if link["target"] is None:
        return link.end() == len(text)
    if link["closed"]:
        return False
    return _CLOSING.match(text, link.end("target")) is not None


def _read(text: str, link: re.Match[str]) -> str:
    """Return what is to be written behind a link, "" if people read it already."""
    if not link["closed"]:
        address = link["target"] or link["bare"]
        named = _USER.match(address) is not None
        return _place(address.rstrip(_PUNCTUATION)) if named else ""
    line = max(text.rfind("\n", max(0, link.start() - MOST_WORDS), link.start()) + 1, 0)
    begin = text.rfind("[", max(line, link.start() - MOST_WORDS), link.start())
    if begin > 0 and text[begin - 1] == "!":
        # A picture is no picture in a chat: its address is read, not fetched.
        return link["target"]
    place = _place(link["target"])
    words = text[begin + 1 : link.start()] if begin >= 0 else ""
    return "" if {named.casefold() for named in _NAMED.findall(words)} == {place} else place


def _place(address: str) -> str:
    """Return the host that a browser would go to: what stands before an `@` is only a name."""
    found = _PLACE.match(address.replace("\\", "/"))
    return _NO_HOST.sub("", found[1][:MOST_HOST]).casefold() if found else ""


def _skip_code(text: str, sign: re.Match[str], final: bool) -> int | None:
    """Return where the code that may begin at a sign ends, just behind the sign if there is
    none, and None if only more text can tell.
    """
    run = sign["ticks"].lstrip(" \t>")
    start = sign.end() - len(run)
    if len(run) >= 3 and _begins_line(text, start):
        info_end = text.find("\n", sign.end(), sign.end() + MOST_SPAN)
        if info_end < 0 and not final and len(text) < sign.end() + MOST_SPAN:
            return None
        if run[0] == "~" or (info_end >= 0 and "`" not in text[sign.end() : info_end]):
            return _skip_fence(text, run, info_end)
    return sign.end() if run[0] == "~" else _skip_span(text, run, sign.end(), final)


def _begins_line(text: str, at: int) -> bool:
    line = text[max(0, at - MOST_INDENT) : at]
    return line[line.rfind("\n") + 1 :].strip(" \t>") == "" and ("\n" in line or at < MOST_INDENT)


def _skip_fence(text: str, run: str, info_end: int) -> int:
    """Return the end of a fenced block; one that is never closed goes on to the end."""
    if info_end < 0:
        return len(text)
    closer = rf"^[ \t>]{{0,{MOST_INDENT}}}{re.escape(run[0])}{{{len(run)},}}[ \t]*(?:\n|\Z)"
    found = re.compile(closer, re.MULTILINE).search(text, info_end + 1)
    return found.end() if found else len(text)


def _skip_span(text: str, run: str, at: int, final: bool) -> int | None:
    """Return the end of a span of code, just behind its first signs if it is none."""
    paragraph = text.find("\n\n", at, at + MOST_SPAN)
    stop = paragraph if paragraph >= 0 else min(len(text), at + MOST_SPAN)
    grows = not final and paragraph < 0 and len(text) < at + MOST_SPAN
    closer = text.find(run, at, stop)
    while closer >= 0:
        end = closer + len(run)
        while text[end : end + 1] == "`":
            end += 1
        if end - closer == len(run):
            return None if grows and end == len(text) else end
        closer = text.find(run, end, stop)
    return None if grows else at
