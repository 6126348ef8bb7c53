"""The people of the stand-in Slack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.playground.faults import Fault
from adapters.playground.history import Entry
from adapters.playground.slack import SlackStandIn
from adapters.playground.slack.problems import RATELIMITED, refuse
from adapters.playground.slack.records import Act, Message
from adapters.slack.modals import option_value
from bot.commands.table import ROWS
from bot.ports import EDIT_MENU
from tests.evidence import Seen, World
from tests.folk import Told
from tests.observer_slack import (
    SlackObserver,
    answers_a_command,
    elements_of,
    path,
    pressed_by,
    text_of,
)

COMMAND = "/bot"
EVER = 1_000_000
ALONE = frozenset({"ask", "edit-image"})
_TABLE = {row.command.name: row.command for row in ROWS}


class SlackFolk:
    """Act as the people of a workspace (see `Folk`)."""

    def __init__(self, standin: SlackStandIn) -> None:
        self._standin = standin
        self._world = standin.world
        self._people = standin.people
        self._observer = SlackObserver(standin.world)
        self._hiding: list[Fault] = []
        self.people = [self._people.find(name) for name in ("ada", "ben", "cleo")]
        self.channels = [self.channel(name) for name in ("general", "random")]

    def channel(self, name: str) -> str:
        return self._people.channel(name)

    def say(self, person: str, place: str, text: str, **carried: Any) -> str:
        return self._people.say(person, place, text, **carried)

    def mention(self, person: str, place: str, text: str, **carried: Any) -> str:
        return self.say(person, place, f"{self._people.mention()} {text}".rstrip(), **carried)

    def edit(self, message: str, text: str, *, keep: Sequence[str] | None = None) -> None:
        assert keep is None, "Slack's people take no single file away by an edit"
        found = self._message(message)
        mention = self._people.mention()
        if found.text.startswith(mention):
            text = f"{mention} {text}"
        self._people.edit(self._author(found), self._place(found), message, text)

    def delete(self, message: str) -> None:
        if self.is_there(message):
            found = self._message(message)
            self._people.delete(self._author(found), self._place(found), message)

    def remove(self, message: str) -> None:
        self._world.remove(self._message(message))

    def knows(self, used: str) -> bool:
        return self._find(used) is not None or self._act(used) is not None

    def is_there(self, message: str) -> bool:
        found = self._find(message)
        return found is not None and found.subtype != "tombstone"

    def marks(self, message: str) -> list[str]:
        found = self._message(message)
        bot = self._world.teams[found.team].bot
        return [name for name, who in found.reactions.items() if bot in who]

    def file_of(self, message: str, name: str) -> bytes:
        found = self._message(message)
        for file in found.files:
            if self._world.files[found.team, file].name == name:
                return self._world.get_file(found.team, file) or b""
        raise AssertionError(f"there is no file {name}")

    def gallery(self, message: str) -> list[tuple[bytes, str]]:
        """Return what is shown within it, or what are its files: there titles have the words."""
        found = self._message(message)
        shown = [
            (block["slack_file"]["id"], block["alt_text"])
            for block in found.blocks
            if block["type"] == "image"
        ]
        files = [self._world.files[found.team, name] for name in found.files]
        if found.user == self._world.teams[found.team].bot:
            shown += [(each.id, each.title) for each in files if each.mime.startswith("image/")]
        return [(self._world.get_file(found.team, name) or b"", words) for name, words in shown]

    def thread(self, message: str) -> str:
        found = self._message(message)
        return path(found.team, found.channel, found.thread_ts or found.ts)

    def direct(self, person: str) -> str:
        return self._people.open_dm(person)

    def buttons(self) -> list[tuple[str, str]]:
        return [
            (each.id, button)
            for each in sorted(self.ours(), key=lambda each: -each.position)
            for button in each.buttons
        ]

    def press(self, message: str, button: str, person: str) -> str:
        found = self._message(message)
        for element in elements_of(found):
            if button in pressed_by(element):
                pressed = element["action_id"]
                place = self._place(found)
                return self._people.press(person, place, message, pressed, value=button)
        raise AssertionError(f"message {message} has no button {button}")

    def command(self, person: str, place: str, name: str, given: Mapping[str, Any]) -> str:
        """Use `/ask`, or `/bot` and the words of most others; what is first has no name."""
        words = written(name, given)
        if name in ALONE:
            return self._people.command(person, place, f"/{name}", words)
        return self._people.command(person, place, COMMAND, f"{name} {words}".rstrip())

    def menu(self, person: str, message: str) -> str:
        place = self._place(self._message(message))
        return self._people.shortcut(person, EDIT_MENU, place, message)

    def form(self, used: str) -> list[str]:
        act = self._act(used)
        view = self._world.views.get((act.team, act.view)) if act is not None else None
        if view is None or not view.open:
            return []
        return [
            block["element"]["action_id"]
            for block in view.body["blocks"]
            if block["type"] == "input"
        ]

    def submit(self, used: str, person: str, fields: Mapping[str, Any]) -> str:
        act = self._act(used)
        assert act is not None
        blocks = self._world.views[act.team, act.view].body["blocks"]
        kinds = {
            block["block_id"]: block["element"]["type"] for block in blocks if "element" in block
        }
        values = {
            name: option_value(value) if kinds.get(name) == "static_select" else value
            for name, value in fields.items()
        }
        return self._people.submit_view(person, act.view, values)

    def told(self, used: str) -> Told | None:
        """Return the last thing said to whoever used it, there, since then.

        A form stands nowhere, so what it is answered may stand anywhere.
        """
        act, message = self._act(used), self._find(used)
        if act is not None and act.state == "pending":
            return None
        if act is not None:
            since, user, channel = act.at, act.user, act.channel
            told = [self._world.messages.get((act.team, channel, ts)) for ts in act.told]
        elif message is not None:
            since, user, channel, told = message.at, message.user, message.channel, []
        else:
            raise AssertionError(f"nobody used {used}")
        told += [
            each
            for each in self._world.messages.values()
            if each.only_for == user and channel in ("", each.channel) and each.at >= since
        ]
        if message is not None:
            thread = self._world.replies(message.team, message.channel, message.ts)
            told += [each for each in thread if answers_a_command(each)]
        found = [each for each in told if each is not None]
        if not found:
            return None
        last = max(found, key=lambda each: each.ts)
        return Told(text_of(last), bool(last.only_for) or answers_a_command(last))

    def source(self, used: str) -> str:
        act = self._act(used)
        if act is None:
            return used
        match act.kind:
            case "block_actions":
                return self._pressed(act)
            case "view_submission":
                view = self._world.views[act.team, act.data["view"]]
                return f"{view.id}:{view.hash}"
            case _:
                return act.trigger

    def _pressed(self, act: Act) -> str:
        """Return the source of a press: its time is known from what the bot was sent."""
        for entry in reversed(self._standin.history.entries):
            sent = entry.request
            if entry.route == "act:block_actions" and sent["trigger_id"] == act.trigger:
                action = sent["actions"][0]
                return f"{act.message}:{action['action_id']}:{action['action_ts']}"
        return act.trigger

    def promote(self, person: str, *, admin: bool = True) -> None:
        self._people.set_admin(person, admin=admin)

    def hide_rights(self, *, hidden: bool = True) -> None:
        faults = self._standin.faults
        if hidden:
            self._hiding = [
                faults.add(refuse(method, RATELIMITED, times=EVER))
                for method in ("users.info", "usergroups.users.list")
            ]
        else:
            faults.faults[:] = [each for each in faults.faults if each not in self._hiding]

    def ours(self, place: str | None = None, after: str = "0") -> list[Seen]:
        return self._observer.ours(place, after)

    def look(self, entries: Iterable[Entry]) -> World:
        return self._observer.world(entries)

    # --- records ----------------------------------------------------------------------------

    def _find(self, ts: str) -> Message | None:
        """Return a message by its ts alone: within a workspace no two have the same."""
        for channel in self._world.channels.values():
            if found := self._world.messages.get((channel.team, channel.id, ts)):
                return found
        return None

    def _message(self, ts: str) -> Message:
        found = self._find(ts)
        assert found is not None, f"there is no message {ts}"
        return found

    def _author(self, message: Message) -> str:
        return path(message.team, message.user)

    def _place(self, message: Message) -> str:
        return path(message.team, message.channel)

    def _act(self, used: str) -> Act | None:
        team, _, act = used.partition("/")
        return self._world.acts.get((team, act))


def written(name: str, given: Mapping[str, Any]) -> str:
    """Return a command's options as people write them: `for:channel gpt-5-mini`."""
    options = _TABLE[name].options
    main = options[0].name if options and not options[0].choices else ""
    words = [f"{key}:{_value(value)}" for key, value in given.items() if key != main]
    return " ".join([*words, str(given[main])] if main in given else words)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if " " in str(value) else str(value)
