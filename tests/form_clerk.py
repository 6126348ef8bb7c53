"""Forms that say what a test wants said, and keep what they were asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.domain import Edit, Options, ThreadRef
from bot.events import Asked, Incoming
from bot.ports import Field, FieldKind, Flaws, Form, FormCall, FormSent

DRAFT = "d0123456789abcdef"
FORM = Form(
    DRAFT,
    "Edit image",
    "Edit",
    (
        Field(
            "picture",
            FieldKind.CHOICE,
            "Picture",
            value="#2",
            choices=(("one", "#1"), ("two", "#2")),
        ),
        Field("files", FieldKind.FILES, "Or your own", most=4, hint="PNG, JPEG or WebP"),
        Field(
            "prompt",
            FieldKind.TEXT,
            "What to change",
            value="make it",
            hint="the sky pink",
            required=True,
            most=20_000,
            long=True,
        ),
        Field(
            "size",
            FieldKind.CHOICE,
            "Size",
            choices=(("Whatever it is", ""), ("Square", "1024x1024")),
        ),
        Field("nothing", FieldKind.CHOICE, "Nothing to choose"),
        Field("compression", FieldKind.TEXT, "Compression", most=3),
    ),
)


class FormClerk:
    """Decide about forms as scripted, after `seconds`; `events` are put once there are any."""

    def __init__(self) -> None:
        self.calls: list[FormCall] = []
        self.sent: list[FormSent] = []
        self.opens: Form | str | Callable[[FormCall], Incoming] = FORM
        self.takes: Flaws | str | Callable[[FormSent], Incoming] = asked_by
        self.seconds = 0.0
        self.fails = False

    async def open(self, call: FormCall) -> Form | Incoming | str:
        """See `bot.ports.Forms`."""
        self.calls.append(call)
        await self._work()
        return self.opens(call) if callable(self.opens) else self.opens

    async def send(self, sent: FormSent) -> Incoming | Flaws | str:
        """See `bot.ports.Forms`."""
        self.sent.append(sent)
        await self._work()
        return self.takes(sent) if callable(self.takes) else self.takes

    async def _work(self) -> None:
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.fails:
            raise RuntimeError("broken")


def asked(call: FormCall) -> Asked:
    """Return the edit that a call asks for by itself."""
    return Asked(
        thread=call.thread,
        interaction=call.interaction,
        position=call.position,
        author=call.author,
        text=str(call.arguments.get("prompt", "")),
        options=Options(),
        opens_thread=not call.in_thread,
        sent_at=call.sent_at,
        attachments=call.attachments,
        edit=Edit(),
    )


def asked_by(sent: FormSent) -> Asked:
    """Return the edit that a form asks for, in the conversation that its test began."""
    team, channel, *_ = f"{sent.interaction.place}//".split("/")
    thread = ThreadRef("slack", team, f"{team}/{channel}", sent.interaction.place)
    return Asked(
        thread=thread,
        interaction=sent.interaction,
        position=sent.position,
        author=sent.author,
        text=sent.values.get("prompt", ""),
        options=Options(),
        opens_thread=False,
        sent_at=sent.sent_at,
        attachments=sent.attachments,
        edit=Edit(),
        draft=sent.form,
    )
