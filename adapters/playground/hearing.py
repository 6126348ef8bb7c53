"""Take a message apart, as a person would who reads it: who speaks, to what, with which files."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

_NAMED = re.compile(r"([^\n:]{1,32}): (?=\s*\S)")
_QUOTE = re.compile(r"\A([^\n]{1,80}) wrote:\n((?:>[^\n]*\n?)+)\n*")
_FENCE = re.compile(r"(`{3,}|~{3,})([^`\n]*)", re.ASCII)
_TITLE = re.compile(r"File ([^\n]{1,120}):")
_FILE_NAME = re.compile(r"(?<![\w./])\w[\w()+-]{0,80}(?:\.[\w()+-]{1,80}){1,4}")
_TITLE_CHARS = 200
_SHOWN = re.compile(
    r"^\[(?:Picture|File): (?P<name>[^\n\]]{1,120}?)(?P<unseen>, which [^\n\]]{1,60})?\]\n?",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """What one message holds: `files` are (name, content), `unseen` names what was not shown."""

    name: str
    question: str
    quote: str = ""
    files: tuple[tuple[str, str], ...] = ()
    unseen: tuple[str, ...] = ()


def read(text: str) -> Words:
    """Take apart what a bot sent for one message of a person."""
    quote = ""
    if quoted := _QUOTE.match(text):
        lines = [line.removeprefix(">").strip() for line in quoted[2].splitlines()]
        quote = f"{quoted[1]}: {' '.join(lines)}"
        text = text[quoted.end() :]
    name = ""
    if named := _NAMED.match(text):
        name, text = named[1], text[named.end() :]
    files, text = _take_files(text)
    unseen = tuple(found["name"] for found in _SHOWN.finditer(text) if found["unseen"])
    return Words(name, _SHOWN.sub("", text).strip(), quote, tuple(files), unseen)


def _take_files(text: str) -> tuple[list[tuple[str, str]], str]:
    """Take out the fenced blocks under a line that names a file, or whose fence names one."""
    lines = text.split("\n")
    ends: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        if (fence := _FENCE.fullmatch(line.rstrip())) and not fence[2]:
            ends.setdefault(fence[1], []).append(at)
    files: list[tuple[str, str]] = []
    kept: list[str] = []
    at = 0
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at].rstrip())
        closing = ends.get(fence[1], []) if fence else []
        place = bisect.bisect_right(closing, at)
        if fence is None or place == len(closing):
            kept.append(lines[at])
            at += 1
            continue
        end = closing[place]
        if name := _name_in(kept[-1] if kept else ""):
            kept.pop()
        if name := name or _name_in(fence[2]):
            files.append((name, "\n".join(lines[at + 1 : end])))
        else:
            kept += lines[at : end + 1]
        at = end + 1
    return files, "\n".join(kept)


def _name_in(line: str) -> str:
    """Return the name of a file that a line gives, or nothing."""
    if len(line) > _TITLE_CHARS:
        return ""
    if title := _TITLE.fullmatch(line):
        return title[1]
    found = _FILE_NAME.search(line)
    return found[0] if found else ""
