"""Read commands that are written as words: `model gpt-5-mini for:channel`. Pure.

A command is its name, then options as `key:value`, `key=value` or `key:"some words"`, and what
it is mainly about without a key. Of what is free text (a prompt, a persona) every word counts:
options stand before it, or at the very end; at the end of a question only those that can be used
as they are, since all others belong to it. Time is linear in the length.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.commands import usage_texts
from bot.commands.arguments import HERE, Unusable, Value, is_usable, named_in, read, unquoted
from bot.commands.here import Here
from bot.ports import Command, Level, Option, OptionKind, Spoken
from bot.text import normalise

HELP = "help"
RESET = "reset"
# Ends the name of an option that says where the file of another comes from.
FROM = "_from"
# What people write behind a command that they want to be told of.
_HELPS = frozenset({"help", "--help", "-h", "?"})
# Tells whether a word is the name of a model.
IsModel = Callable[[str], bool]
# What people write for a value of a choice.
_ALIASES: Mapping[str, str] = {
    "workspace": Level.SERVER,
    "request": "requests",
    "token": "tokens",
    "image": "images",
    "pictures": "images",
    "picture": "images",
    "dollars": "money",
    "usd": "money",
}
# Words that say nothing in a command whose options are told by what they are.
_FILLING = frozenset({"a", "an", "each", "every", "for", "of", "to"})
# How an amount begins: whatever goes on from that is one, or is meant to be.
_AMOUNT = re.compile("[$+\N{MINUS SIGN}\N{FULLWIDTH DOLLAR SIGN}-]|\\d")
_CURRENCY = frozenset({"usd", "dollars", "dollar"})

_WORD = re.compile(r"\S+")
# Full-width colon and equals sign are what East Asian keyboards write.
_KEY = re.compile("([A-Za-z_]{1,32})[:=\uff1a\uff1d]")
# Phones turn quotes into curly ones, often both into the same.
_DOUBLE = re.compile('["\u201c\u201d\u201e\u00ab\u00bb](?=\\s|\\Z)')
_SINGLE = re.compile("['\u2018\u2019\u201a](?=\\s|\\Z)")
_BACK = re.compile("`(?=\\s|\\Z)")
_CLOSING = {
    **dict.fromkeys('"\u201c\u201d\u201e\u00ab', _DOUBLE),
    **dict.fromkeys("'\u2018\u2019\u201a", _SINGLE),
    "`": _BACK,
}
# A name is written with or without a slash, and with what ends a sentence.
_NAME = re.compile(r"/?([A-Za-z][A-Za-z_-]{0,31})[.!?]*")
_SLASHED = re.compile(r"/[A-Za-z][A-Za-z0-9_-]*(?=\s|\Z)")
# Words that tell the bot what to be; nobody asks anything by them behind a command's name.
_TOLD = re.compile("[\"\u201c\u201d\u201e\u00ab']?you(?:\\s+are\\b|['\u2019]re\\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or an option (with its `key`), from `start` to `end`; a value begins at `at`."""

    start: int
    end: int
    at: int
    value: str
    key: str = ""
    quoted: bool = False


def parse(
    words: str, commands: Sequence[Command], here: Here, is_model: IsModel, slash: str = ""
) -> Spoken | str:
    """Read words that are meant as a command, or say how it is used.

    `is_model` knows the names of models. `slash` is the platform's own command that takes them,
    which may stand before them.
    """
    known = {command.name: command for command in commands}
    name, rest = _split(normalise(words).strip())
    if name.lower() == slash and name[1:].lower() not in known:
        # Out of habit the slash command is written after a mention, too.
        name, rest = _split(rest)
    found = _NAME.fullmatch(name)
    wanted = found[1].lower() if found else name[:32].lower()
    if wanted in _HELPS and (about := _asked_about(rest, commands, here)):
        return about
    if group := [each for each in commands if each.group and each.group == wanted]:
        second, after = _split(rest)
        command = known.get(f"{wanted} {_word(second)}")
        if command is None:
            asked = f"{wanted} {after}" if _word(second) in _HELPS else ""
            about = _asked_about(asked, commands, here)
            return about or usage_texts.group_usage(group, here)
        rest = after
    else:
        command = known.get(HELP if wanted in ("", *_HELPS) else wanted)
    if command is None:
        near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
        return usage_texts.unknown_command(near[0] if near else "", here)
    if rest.lower() in _HELPS and command.name != HELP:
        return usage_texts.explained(command, here)
    if command.fills and not rest:
        return Spoken(command, {})
    try:
        return Spoken(command, _read(command, rest, is_model) if command.name != HELP else {})
    except Unusable as error:
        return usage_texts.usage(command, error.told(here), here)


def asks_for_help(words: str) -> bool:
    """Tell whether words ask what a command of a group is for: `quota help`, `quota set help`."""
    rest = words.lower().split()[1:]
    return any(word in _HELPS for word in rest[:1]) or (len(rest) == 2 and rest[1] in _HELPS)


def recognise(
    words: str,
    commands: Sequence[Command],
    here: Here,
    is_model: IsModel,
    is_meant: IsModel,
    slash: str = "",
) -> Spoken | str | None:
    """Read words that are a command only if nobody can mean a question by them, else None.

    `is_meant` knows what can only mean a model, be it misspelt. Words that tell the bot what to
    be are neither: the person is asked which was meant. The name of a command that
    opens a form begins no question.
    """
    words = normalise(words).strip()
    name, rest = _split(words)
    is_help = _word(name) in _HELPS and bool(_asked_about(rest, commands, here))
    if _SLASHED.match(words) or words.lower() in _HELPS or is_help:
        return parse(words, commands, here, is_model, slash)
    named = _NAME.fullmatch(name)
    known = {command.name: command for command in commands}
    if named and named[1].lower() in {each.group for each in commands if each.group}:
        second, _ = _split(rest)
        # Nobody begins a question by two such words.
        second = _word(second)
        begun = second in ("", *_HELPS) or f"{named[1].lower()} {second}" in known
        return parse(words, commands, here, is_model, slash) if begun else None
    command = known.get(named[1].lower()) if named else None
    if command is None:
        return None
    if command.opens or not rest or (rest.lower() in _HELPS and not command.asks):
        return parse(words, commands, here, is_model)
    options = _keys(command)
    if named is None or len(named[0]) != len(named[1]) or not options:
        return None
    first = next(_tokens(rest, options))
    try:
        given = _read(command, rest, is_model)
    except Unusable as error:
        meant = first.key and first.value
        return usage_texts.usage(command, error.told(here), here) if meant else None
    main = _main(command)
    if main and main.name in given and not first.key:
        if not (main.completes or command.asks) and _TOLD.match(rest):
            return usage_texts.keyed(command, main, here)
        value = given[main.name]
        if not (main.completes and isinstance(value, str) and is_meant(value)):
            return None
    return Spoken(command, given)


def _asked_about(rest: str, commands: Sequence[Command], here: Here) -> str:
    """Return the help on the command that is named behind a call for it, "" if none is."""
    wanted = " ".join(_word(rest).split()).removeprefix("/")
    if group := [each for each in commands if each.group and each.group == wanted]:
        return usage_texts.group_usage(group, here)
    named = [each for each in commands if each.name == wanted and wanted != HELP]
    return usage_texts.explained(named[0], here) if named else ""


def _split(words: str) -> tuple[str, str]:
    """Return the first word and the rest."""
    name, *rest = words.split(None, 1) or [""]
    return name, "".join(rest)


def _word(text: str) -> str:
    """Return a word without what ends a sentence."""
    return text.lower().rstrip(".!?")


def _keys(command: Command) -> Mapping[str, Option]:
    """Return the options that words can give, by what is written for them.

    A file is none of them; what says where one comes from (`mask_from`) is given by its name.
    """
    keys = {each.name: each for each in command.options if each.kind is not OptionKind.FILE}
    files = {each.name for each in command.options} - keys.keys()
    given = {name: keys[name + FROM] for name in files if name + FROM in keys}
    return {**keys, **given}


def _is_free(command: Command) -> bool:
    """Tell whether a command is about words of the person's own, of which every one counts."""
    return command.asks or command.opens


def _main(command: Command) -> Option | None:
    """Return the option that needs no key: the first, where it is open text."""
    first = command.options[0] if command.options else None
    if first is None or first.kind is not OptionKind.TEXT or first.choices:
        return None
    return first


# --- options -----------------------------------------------------------------------------


def _read(command: Command, rest: str, is_model: IsModel) -> Mapping[str, Value]:
    """Return what is given, each value of its type. Raises `Unusable`."""
    main = _main(command)
    if main is None or main.completes:
        given = _read_options(command, main, rest, is_model)
    else:
        given = _read_text(command, main, rest, is_model)
    return read(command, given)


def _read_options(
    command: Command, main: Option | None, rest: str, is_model: IsModel
) -> dict[str, Value]:
    """Read where everything is an option, but for the words of the main one."""
    options = _keys(command)
    given: dict[str, Value] = {}
    words: list[str] = []
    tokens = list(_tokens(rest, options))
    at = 0
    while at < len(tokens):
        token, at = tokens[at], at + 1
        named = token.value.lower() if not token.key else ""
        following = tokens[at] if at < len(tokens) and not tokens[at].key else None
        if named in options and (main is None or options[named].kind is OptionKind.BOOLEAN):
            alone = named == RESET or (main and options[named].kind is OptionKind.BOOLEAN)
            if following is not None and not alone:
                _put(given, options[named], following.value)
                at += 1
            else:
                _put(given, options[named], True if alone else "")
        elif not token.key and main is None:
            after = following.value if following is not None else ""
            at += _place(command, given, token.value, after, is_model)
        elif not token.key:
            words.append(token.value)
        elif not token.value and following is not None:
            # People write "for: channel".
            _put(given, options[token.key], following.value)
            at += 1
        else:
            _put(given, options[token.key], token.value)
    if main and words:
        # The names of models may hold colons, too.
        foreign = [_name_foreign(word) for word in words if not is_model(word)]
        if words[1:] and any(foreign):
            raise Unusable(next(filter(None, foreign)))
        _put(given, main, " ".join(words))
    return given


def _place(
    command: Command, given: dict[str, Value], word: str, following: str, is_model: IsModel
) -> int:
    """Give a word to the option that it can only be meant for; return how many of those that
    follow belong to it. Raises `Unusable`.
    """
    for option in command.options:
        if option.name in given:
            continue
        match option.kind:
            case OptionKind.USER | OptionKind.ROLE | OptionKind.CHANNEL:
                named = named_in(word)
                here = option.kind is OptionKind.CHANNEL and word.lower() == HERE
                if here or (named is not None and named[0] is option.kind):
                    _put(given, option, word)
                    return 0
            case OptionKind.AMOUNT if _AMOUNT.match(word):
                spoken = following.lower() in _CURRENCY
                _put(given, option, f"{word} {following}" if spoken else word)
                return int(spoken)
            case OptionKind.TEXT if option.choices:
                meant = _ALIASES.get(unquoted(word).lower(), word)
                if is_usable(option, meant):
                    _put(given, option, meant)
                    return 0
            case OptionKind.TEXT if option.completes and is_model(word):
                _put(given, option, word)
                return 0
            case _:
                pass
    if command.group and word.lower() in _FILLING:
        return 0
    if (named := named_in(word)) is not None:
        raise Unusable(_name_misplaced(command, named[0]))
    raise Unusable(_name_foreign(word) or usage_texts.unplaced(word))


def _name_misplaced(command: Command, kind: OptionKind) -> str:
    """Say of a person, group or channel that it has no place, or that there is one already."""
    taking = next((each.name for each in command.options if each.kind is kind), "")
    return usage_texts.twice(taking) if taking else usage_texts.misplaced(kind.value)


def _name_foreign(word: str) -> str:
    """Say of a word that is written like an option that it is none, or ""."""
    key = _KEY.match(word)
    return usage_texts.no_such_option(key[1]) if key else ""


def _read_text(command: Command, main: Option, rest: str, is_model: IsModel) -> dict[str, Value]:
    """Read where the main option is free text: all words that are not options around it."""
    options = _keys(command)
    given: dict[str, Value] = {}
    text: list[Token] = []
    for token in _tokens(rest, options):
        if not text and token.key not in ("", main.name):
            _put(given, options[token.key], token.value)
        else:
            text.append(token)
    after: list[Token] = []
    while text[1:] and text[-1].key not in ("", main.name):
        after.append(text.pop())
    if not text:
        return given
    if _is_free(command) and not (text[0].quoted and len(text) == 1):
        text, after = [*text, *reversed(after)], []
        while text[1:] and _can_only_be_option(text[-1], options, main, is_model):
            if text[-1].key in given or any(each.key == text[-1].key for each in after):
                break
            after.append(text.pop())
    first, last = text[0], text[-1]
    for token in reversed(after):
        _put(given, options[token.key], token.value)
    if first.key and first.quoted and first is last:
        _put(given, main, first.value)
    elif first.key:
        _put(given, main, rest[first.at : last.end])
    elif first is last and _is_switch(options, first.value) and not _is_free(command):
        _put(given, options[first.value.lower()], True)
    else:
        whole = rest[first.start : last.end]
        _put(given, main, whole if _is_free(command) else unquoted(whole))
    return given


def _can_only_be_option(
    token: Token, options: Mapping[str, Option], main: Option, is_model: IsModel
) -> bool:
    """Tell whether a word behind a question is an option that can be used as it is."""
    if token.key in ("", main.name):
        return False
    option, value = options[token.key], unquoted(token.value)
    return is_model(value) if option.completes else is_usable(option, value)


def _is_switch(options: Mapping[str, Option], word: str) -> bool:
    option = options.get(word.lower())
    return option is not None and option.kind is OptionKind.BOOLEAN


def _put(given: dict[str, Value], option: Option, value: Value) -> None:
    if option.name in given:
        raise Unusable(usage_texts.twice(option.name))
    if option.choices and isinstance(value, str):
        value = _ALIASES.get(unquoted(value).lower(), value)
    given[option.name] = value


def _tokens(text: str, options: Mapping[str, Option]) -> Iterator[Token]:
    """Yield words and options; a quote that nothing closes is a sign like any other."""
    unclosed: set[re.Pattern[str]] = set()
    at = 0
    while (word := _WORD.search(text, at)) is not None:
        start, at = word.start(), word.end()
        key = _KEY.match(text, start)
        if key is None or (name := key[1].lower()) not in options:
            yield Token(start, at, start, word[0])
            continue
        begun, closing = key.end(), _CLOSING.get(text[key.end() : key.end() + 1])
        closed = None
        if closing is not None and closing not in unclosed:
            closed = closing.search(text, begun + 1)
            if closed is None:
                unclosed.add(closing)
        if closed is None:
            yield Token(start, at, begun, text[begun:at], name)
        else:
            at = closed.end()
            yield Token(start, at, begun, text[begun + 1 : closed.start()], name, quoted=True)
