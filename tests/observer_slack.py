"""Watch a stand-in Slack and turn what stands there in the end into evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.playground.history import Entry
from adapters.playground.slack import records
from adapters.playground.slack.world import Change
from adapters.playground.slack.world import World as StandIn
from adapters.slack.modals import CALLBACK
from bot.commands.table import ROWS
from bot.domain import LATE_AFTER_MS
from bot.events import OPENING
from tests.evidence import Command, Seen, World, position_of

# What the bot puts behind a `<` that would mention somebody; people do not see it.
JOINER = "\u2060"
_COMMANDS = frozenset(row.command.name for row in ROWS)
_ASKING = frozenset(row.command.name for row in ROWS if row.command.asks or row.command.opens)
_SPOKEN = frozenset({"", "file_share", "thread_broadcast", "bot_message"})


class SlackObserver:
    """Remember by listening what will not be there any more; read the rest at the end."""

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin
        self._deleted: set[str] = set()
        self._gone: set[str] = set()
        self._left: set[str] = set()
        self._edited: dict[str, int] = {}
        self._words: dict[str, str] = {}
        self._addressed: dict[str, bool] = {}
        self._unclear: set[str] = set()
        self._asking: dict[str, str] = {}
        self._roots: dict[tuple[str, str], set[str]] = {}
        for message in standin.messages.values():
            self._meet(message)
        standin.watchers.append(self._hear)

    def _hear(self, change: Change) -> None:
        match change.name, change.record:
            case "message", records.Message() as message:
                self._meet(message)
            case "message_changed", records.Message() as message:
                self._change(message)
            case "message_deleted", records.Message() as message:
                self._deleted.add(message.ts)
            case "channel_deleted", records.Channel() as channel:
                roots = self._roots.get((channel.team, channel.id), set())
                self._gone.add(path(channel.team, channel.id))
                self._gone.update(path(channel.team, channel.id, root) for root in roots)
            case "app_uninstalled" | "tokens_revoked", records.Team() as team:
                self._left.add(team.id)

    def _change(self, message: records.Message) -> None:
        if message.subtype == "tombstone":
            self._deleted.add(message.ts)
            return
        if self._is_ours(message) or self._words.get(message.ts) == message.text:
            return
        self._words[message.ts] = message.text
        self._edited[message.ts] = self._standin.now()
        # Who forgot the mention puts it in afterwards, if not much later.
        fresh = self._standin.now() - message.at <= LATE_AFTER_MS
        if fresh and self._mentions_us(message):
            self._addressed[message.ts] = True

    def _meet(self, message: records.Message) -> None:
        """Judge a message as it is when it is written: the bot may be elsewhere later."""
        channel = self._standin.channels.get((message.team, message.channel))
        if channel is None:
            return
        key = (message.team, message.channel)
        self._roots.setdefault(key, set()).add(message.thread_ts or message.ts)
        if self._is_ours(message) or message.only_for:
            return
        self._words[message.ts] = message.text
        direct = channel.kind == records.IM
        named = self._mentions_us(message)
        self._addressed[message.ts] = message.subtype in _SPOKEN and (direct or named)
        # Where the bot is not, it hears nothing; and a command that is written after a mention
        # (or to the bot alone) is one, or a question, by its words.
        bot = self._standin.teams[message.team].bot
        words = message.text.replace(f"<@{bot}>", "").strip().lower()
        first = words.partition(" ")[0]
        if bot not in channel.members or words[:1] == "/" or first in _COMMANDS:
            self._unclear.add(message.ts)
            self._asking[message.ts] = first.removeprefix("/")

    def _mentions_us(self, message: records.Message) -> bool:
        bot = self._standin.teams[message.team].bot
        return f"<@{bot}>" in message.text or f"<@{bot}|" in message.text

    def _is_ours(self, message: records.Message) -> bool:
        return message.user == self._standin.teams[message.team].bot

    def ours(self, place: str | None = None, after: str = "0") -> list[Seen]:
        """Return the messages of the bot alone: a fraction of the work of a whole world."""
        return [
            self._seen(message)
            for message in self._standin.messages.values()
            if message.subtype in _SPOKEN
            and self._is_ours(message)
            and place in (None, place_of(message))
            and position_of(message.ts) > position_of(after)
        ]

    def world(self, entries: Iterable[Entry]) -> World:
        """Return what people see now."""
        entries = [*entries]
        by_us = {
            str(entry.request.get("ts"))
            for entry in entries
            if entry.service == "slack"
            and entry.route == "chat.delete"
            and entry.effect != "refused"
            and isinstance(entry.request, dict)
        }
        standin = self._standin
        return World(
            messages=[
                self._seen(message)
                for message in standin.messages.values()
                if message.subtype in _SPOKEN and self._matters(message)
            ],
            by_us=self._deleted & by_us,
            by_others=self._deleted - by_us,
            gone=set(self._gone),
            left=set(self._left),
            shut=set(self._shut()),
            edited=dict(self._edited),
            direct=dict(self._direct()),
            commands=[
                *(
                    self._command(act)
                    for act in standin.acts.values()
                    if act.kind == "slash_commands"
                ),
                *self._written(),
                *self._used(entries),
            ],
            statuses=dict(self._statuses()),
        )

    def _shut(self) -> Iterator[str]:
        """Yield the places where the bot may not touch its own messages any more."""
        for channel in self._standin.channels.values():
            if channel.archived or self._standin.teams[channel.team].bot not in channel.members:
                yield from self._places(channel)

    def _direct(self) -> Iterator[tuple[str, str]]:
        for channel in self._standin.channels.values():
            bot = self._standin.teams[channel.team].bot
            if channel.kind == records.IM and bot in channel.members:
                (person,) = [user for user in channel.members if user != bot]
                for place in self._places(channel):
                    yield place, path(channel.team, person)

    def _places(self, channel: records.Channel) -> Iterator[str]:
        """Yield a channel and its threads."""
        yield path(channel.team, channel.id)
        for root in self._roots.get((channel.team, channel.id), ()):
            yield path(channel.team, channel.id, root)

    def _statuses(self) -> Iterator[tuple[str, str]]:
        for session in self._standin.sessions.values():
            if self._standin.message(session.team, session.channel, session.thread) is None:
                continue  # a thread that is not there shows nothing
            processing = "processing" if session.status == "processing" else ""
            if shown := session.line or processing:
                yield path(session.team, session.channel, session.thread), shown

    def _matters(self, message: records.Message) -> bool:
        """Tell people and us from other bots, which nobody answers."""
        user = self._standin.users.get((message.team, message.user))
        return self._is_ours(message) or (user is not None and not user.bot)

    def _seen(self, message: records.Message) -> Seen:
        standin = self._standin
        bot = standin.teams[message.team].bot
        return Seen(
            id=message.ts,
            place=place_of(message),
            author=path(message.team, message.user),
            ours=message.user == bot,
            text=text_of(message),
            addressed=self._addressed.get(message.ts, False),
            buttons=tuple(buttons_of(message)),
            files=tuple(
                (
                    standin.files[message.team, file].name,
                    standin.get_file(message.team, file) or b"",
                )
                for file in (*message.files, *pictures_of(message))
            ),
            ephemeral=bool(message.only_for) or answers_a_command(message),
            waiting=any(bot in who for who in message.reactions.values()),
            says=bool(message.text.strip() or message.files),
            unclear=message.ts in self._unclear,
            live=message.stream is not None and message.stream.state in ("live", "broken"),
            channel=path(message.team, message.channel),
            at=message.at,
        )

    def _command(self, used: records.Act) -> Command:
        command, words = used.data["command"].removeprefix("/"), str(used.data["text"])
        told = [
            message
            for ts in used.told
            if (message := self._standin.messages.get((used.team, used.channel, ts))) is not None
        ]
        return Command(
            id=used.trigger,
            name=command if command in _COMMANDS else words.partition(" ")[0],
            state="answered" if used.state == "acked" else used.state,
            ephemeral=any(message.only_for for message in told),
            text="\n".join(text_of(message) for message in told),
        )

    def _written(self) -> Iterator[Command]:
        """Yield the commands that were written after a mention, which may be questions."""
        for ts, name in self._asking.items():
            if name in _ASKING:
                yield Command(ts, name, "said")

    def _used(self, entries: Iterable[Entry]) -> Iterator[Command]:
        """Yield forms that were sent, by their view and its state, and presses that may ask.

        One that was flawed is sent again by the same name. What was not acknowledged may have
        been taken all the same: the bot may have died in between.
        """
        forms: dict[str, Command] = {}
        for entry in entries:
            if entry.service != "slack" or entry.effect not in ("ok", "refused"):
                continue
            asked, answer = entry.request, entry.answer
            unheard = entry.effect == "refused"
            if entry.route == "act:view_submission" and asked["view"]["callback_id"] == CALLBACK:
                name = f"{asked['view']['id']}:{asked['view']['hash']}"
                flawed = isinstance(answer, dict) and bool(answer.get("errors"))
                told = self._is_told(asked, entry.at)
                if unheard:
                    forms.setdefault(name, Command(name, "form", "refused"))
                    continue
                forms[name] = Command(name, "form", "opened" if flawed else "deferred", told)
            elif entry.route == "act:block_actions":
                pressed = asked["actions"][0]
                if pressed["action_id"] in set(OPENING):
                    ts = asked["container"]["message_ts"]
                    source = f"{ts}:{pressed['action_id']}:{pressed['action_ts']}"
                    act = self._act_of(asked["trigger_id"])
                    state = "opened" if act is not None and act.view else "deferred"
                    state = "refused" if unheard else state
                    told = act is not None and bool(act.told)
                    yield Command(source, str(pressed["action_id"]), state, told)
        yield from forms.values()

    def _act_of(self, trigger: str) -> records.Act | None:
        acts = self._standin.acts.values()
        return next((act for act in acts if act.trigger == trigger), None)

    def _is_told(self, asked: dict[str, Any], at: int) -> bool:
        """Tell whether whoever sent a form was told something alone since."""
        user = asked["user"]["id"]
        return any(
            message.only_for == user and message.at >= at
            for message in self._standin.messages.values()
        )


def path(*parts: str) -> str:
    """Return the bot's name for a channel, a thread or a person."""
    return "/".join(part for part in parts if part)


def place_of(message: records.Message) -> str:
    """Return where a message stands: its channel, or its thread unless it begins that."""
    root = message.thread_ts if message.thread_ts != message.ts else ""
    return path(message.team, message.channel, root)


def text_of(message: records.Message) -> str:
    """Return what people read in a message of the bot's, as the Markdown that it was sent as.

    What Slack refuses as Markdown is sent letter by letter, or as escaped text alone.
    """
    markdown = [block["text"] for block in message.blocks if block["type"] == "markdown"]
    if markdown:
        return "".join(markdown).replace(f"<{JOINER}", "<")
    letters = [
        block["text"]["text"]
        for block in message.blocks
        if block["type"] == "section" and block["text"]["type"] == "plain_text"
    ]
    if letters:
        return "".join(letters).replace(f"<{JOINER}", "<")
    return message.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def pictures_of(message: records.Message) -> list[str]:
    """Return the files that are shown within a message."""
    return [block["slack_file"]["id"] for block in message.blocks if block["type"] == "image"]


def buttons_of(message: records.Message) -> Iterator[str]:
    """Yield "action:turn" for each button of a message."""
    for element in elements_of(message):
        yield from pressed_by(element)


def pressed_by(element: dict[str, Any]) -> list[str]:
    """Return "action:turn" for what a button asks for, or each half of a pair for feedback."""
    halves = ("positive_button", "negative_button")
    if element["type"] == "feedback_buttons":
        return [str(element[name]["value"]) for name in halves]
    return [f"{element['action_id']}:{element.get('value', '')}"]


def elements_of(message: records.Message) -> Iterator[dict[str, Any]]:
    """Yield what can be pressed in a message."""
    for block in message.blocks:
        if block["type"] in ("actions", "context_actions"):
            yield from block["elements"]


# Files that commands about limits send.
SHEETS = frozenset({"report.csv", "ledger.csv"})


def answers_a_command(message: records.Message) -> bool:
    """Tell whether a message, in what one person alone reads, is the answer to a command there.

    Like words to one person elsewhere it belongs to no turn, and says so by its name.
    """
    said = (message.metadata or {}).get("event_payload", {})
    named = str(said.get("part", "")).startswith("reply ")
    # What is uploaded takes no name of ours: there it is told by its file's.
    return message.channel.startswith("D") and (named or text_of(message) in SHEETS)
