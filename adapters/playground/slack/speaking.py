"""What people say, and what they do to it later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.playground.slack import texts
from adapters.playground.slack.files import mime_of, size_of
from adapters.playground.slack.looking import Onlooker
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.records import MPIM, File, Message
from adapters.playground.slack.tables import base36

Json = dict[str, Any]
Files = Sequence[tuple[str, bytes]]


class Speaker(Onlooker):
    """Speak as the people do. A `text` is what is typed; mentions are `<@U1>`, `<#C1>`."""

    def mention(self, team: str | None = None) -> str:
        """Return the text that mentions the app."""
        found = self.world.teams[team] if team else next(iter(self.world.teams.values()))
        return f"<@{found.bot}>"

    # --- new messages

    def say(
        self,
        person: str,
        channel: str,
        text: str = "",
        *,
        thread: str = "",
        files: Files = (),
        broadcast: bool = False,
    ) -> str:
        """Post a message, in a thread if `thread` or the path says so; return its ts.

        `broadcast`: a reply is "also sent to the channel".
        """
        found, user, named = self._place(person, channel)
        thread = thread or named
        if found.archived:
            raise Problem("is_archived")
        if user not in found.members:
            raise Problem("not_in_channel")
        if not text.strip() and not files:
            raise Problem("no_text")
        parent = self.world.message(found.team, found.id, thread) if thread else None
        if thread and (parent is None or parent.thread_ts not in ("", parent.ts)):
            raise Problem("thread_not_found")
        kept = texts.typed(text.strip())
        ts = self.world.new_ts(found.team)
        ids = [
            self._upload(found.team, user, name, content, (found.id, ts)) for name, content in files
        ]
        broadcasts = broadcast and bool(thread)
        message = Message(
            team=found.team,
            channel=found.id,
            ts=ts,
            user=user,
            text=kept,
            client_msg_id=f"{base36(self.world.new_number()).lower()}-playground",
            blocks=texts.rich_text(kept, base36(self.world.new_number() % 36**5)),
            files=ids,
            thread_ts=thread,
            broadcast=broadcasts,
            subtype="thread_broadcast" if broadcasts else "",
        )
        self.world.post(message)
        return ts

    def upload(
        self, person: str, channel: str, files: Files, text: str = "", *, thread: str = ""
    ) -> str:
        """Share files; return the ts of their message."""
        return self.say(person, channel, text, thread=thread, files=files)

    def say_as_bot(self, bot: str, channel: str, text: str, *, thread: str = "") -> str:
        """Post a message as another bot."""
        found, user, named = self._place(bot, channel)
        who = self._user(bot)
        message = Message(
            team=found.team,
            channel=found.id,
            ts=self.world.new_ts(found.team),
            user=user,
            bot_id=who.bot_id,
            app="A0OTHERAPP0",
            text=texts.typed(text),
            thread_ts=thread or named,
        )
        self.world.post(message)
        return message.ts

    def _upload(
        self, team: str, user: str, name: str, content: bytes, share: tuple[str, str] | None = None
    ) -> str:
        """Keep a file of a person's, shared in (channel, ts) or nowhere; return its id."""
        width, height = size_of(content)
        file = File(
            team=team,
            id=self.world.new_id(team, "F"),
            user=user,
            name=name,
            title=name,
            mime=mime_of(name),
            size=len(content),
            at=self.world.now(),
            stub=self.world.teams[team].shared_files,
            external=self.world.teams[team].linked_files,
            width=width,
            height=height,
            shares=[(*share, self.world.now())] if share else [],
        )
        self.world.put_file(file, content)
        self.world.save(file)
        return file.id

    def file(self, team: str, file: str) -> tuple[bytes, str]:
        """Return a file's bytes and type, as people see it."""
        found = self.world.files[team, file]
        return self.world.get_file(team, file) or b"", found.mime

    def open_dm(self, person: str) -> str:
        """Return the direct messages of a person with the app."""
        user = self._user(person)
        return f"{user.team}/{self.world.open_dm(user.team, user.id).id}"

    def open_mpim(self, person: str, *others: str) -> str:
        """Open a conversation of several people and the app."""
        who = [self._user(one) for one in (person, *others)]
        team = self.world.teams[who[0].team]
        members = [*(one.id for one in who), team.bot]
        name = "mpdm-" + "--".join(one.name for one in who) + "-1"
        found = self.world.add_channel(team.id, name, members, kind=MPIM)
        return f"{team.id}/{found.id}"

    # --- messages that stand

    def edit(self, person: str, channel: str, ts: str, text: str) -> None:
        """Edit one's own message."""
        found, user, _ = self._place(person, channel)
        target = self._target(found, user, ts)
        if target.user != user:
            raise Problem("cant_update_message")
        kept = texts.typed(text.strip())
        shown = texts.rich_text(kept, base36(self.world.new_number() % 36**5))
        self.world.edit(target, user, text=kept, blocks=shown)

    def delete(self, person: str, channel: str, ts: str) -> None:
        """Delete one's own message, as an admin anybody's; dismiss what only oneself sees."""
        found, user, _ = self._place(person, channel)
        target = self._target(found, user, ts)
        if user not in (target.user, target.only_for) and not self.is_admin(person):
            raise Problem("cant_delete_message")
        self.world.remove(target)

    def react(self, person: str, channel: str, ts: str, emoji: str, *, on: bool = True) -> None:
        """Put an emoji on a message, or take it off."""
        found, user, _ = self._place(person, channel)
        target = self._target(found, user, ts)
        users = [one for one in target.reactions.get(emoji, []) if one != user]
        rest = {name: who for name, who in target.reactions.items() if name != emoji}
        users += [user] if on else []
        target.reactions = rest | ({emoji: users} if users else {})
        name = "reaction_added" if on else "reaction_removed"
        self.world.save(target, name, user=user, emoji=emoji)

    def show_preview(self, channel: str, ts: str, url: str, title: str = "A page") -> None:
        """Let Slack unfurl a link: the message changes, though nobody edited it."""
        team, id_, *_ = channel.split("/")
        message = self.world.messages[team, id_, ts]
        preview = {"id": 1, "from_url": url, "original_url": url, "title": title}
        self.world.change(message, attachments=[*message.attachments, preview])
