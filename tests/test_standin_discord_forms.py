"""Menus of messages, forms with choices and files, and galleries, by Discord's own rules."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands, ui

from adapters.playground.discord import forms
from adapters.playground.discord.people import People
from adapters.playground.discord.problems import Problem
from tests import patience
from tests.platform_steps import picture
from tests.standin_discord import Bot, Served, serve
from tests.standin_discord_scene import ada, bot, general, people, served

__all__ = ["ada", "bot", "general", "people", "served"]

V2 = 1 << 15
PNG = picture("red")


class Sent:
    """What was filled in, once it came."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.came = asyncio.Event()

    async def once(self) -> dict[str, Any]:
        """Wait for it."""
        async with asyncio.timeout(patience.SECONDS):
            await self.came.wait()
        return self.values


class Painting(ui.Modal, title="Edit a picture"):
    """A form of every field that ours have, as discord.py makes and reads it."""

    def __init__(self, sent: Sent) -> None:
        super().__init__()
        self.sent = sent
        self.prompt: ui.TextInput[Any] = ui.TextInput(custom_id="prompt", max_length=50)
        self.size: ui.Select[Any] = ui.Select(
            custom_id="size",
            required=False,
            options=[discord.SelectOption(label="Large", value="l", default=True)],
        )
        self.files: ui.FileUpload[Any] = ui.FileUpload(
            custom_id="files", required=False, min_values=0, max_values=2
        )
        self.add_item(ui.Label(text="What to change", component=self.prompt))
        self.add_item(ui.Label(text="Size", component=self.size))
        self.add_item(ui.Label(text="Pictures", description="Two", component=self.files))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Keep what was filled in."""
        self.sent.values = {
            "prompt": self.prompt.value,
            "size": self.size.values,
            "files": [await one.read() for one in self.files.values],
        }
        await interaction.response.send_message("taken", ephemeral=True)
        self.sent.came.set()


async def menu_of(bot: Bot, sent: Sent) -> list[discord.Message]:
    """Register a command in the menu of messages, which opens the form; return its targets."""
    tree = app_commands.CommandTree(bot)
    targets: list[discord.Message] = []

    @tree.context_menu(name="Edit image")
    async def edit(interaction: discord.Interaction, message: discord.Message) -> None:
        targets.append(message)
        await interaction.response.send_modal(Painting(sent))

    await tree.sync()
    return targets


# --- menus and forms ---------------------------------------------------------------------------


async def test_a_menu_brings_its_message_and_opens_a_form(
    bot: Bot, people: People, ada: str, general: str
) -> None:
    sent = Sent()
    targets = await menu_of(bot, sent)
    message = people.post(ada, general, "look", files=[("cat.png", PNG)])
    used = people.menu(ada, general, message["id"], "Edit image")
    await bot.wait_event("app_command_completion")
    (target,) = targets
    assert (target.content, target.author.id) == ("look", int(ada))
    assert await target.attachments[0].read() == PNG
    files = [("a.png", PNG), ("b.png", b"2")]
    people.submit(ada, used, {"prompt": "pink", "files": files})
    assert await sent.once() == {"prompt": "pink", "size": ["l"], "files": [PNG, b"2"]}


async def test_a_menu_stands_at_messages_that_one_sees(
    bot: Bot, people: People, ada: str, general: str
) -> None:
    await menu_of(bot, Sent())
    kinds = {one["name"]: one["type"] for one in people.commands(ada, general)}
    assert kinds == {"Edit image": 3}
    message = people.post(ada, people.channel("random"), "there")["id"]
    with pytest.raises(Problem):
        people.menu(ada, general, message, "Edit image")
    with pytest.raises(Problem):
        people.menu(ada, people.channel("random"), message, "Else")


FORM: dict[str, Any] = {
    "custom_id": "form:1",
    "title": "Edit",
    "components": [
        {
            "type": 18,
            "label": "What",
            "component": {"type": 4, "custom_id": "what", "style": 2, "max_length": 5},
        },
        {
            "type": 18,
            "label": "Size",
            "component": {
                "type": 3,
                "custom_id": "size",
                "required": False,
                "options": [{"label": "S", "value": "s"}, {"label": "L", "value": "l"}],
            },
        },
        {
            "type": 18,
            "label": "Files",
            "component": {"type": 19, "custom_id": "files", "min_values": 1, "max_values": 2},
        },
    ],
}


def changed(n: int, **fields: Any) -> dict[str, Any]:
    """Return the form with one label's fields changed, those of its input by `component`."""
    inner = fields.pop("component", {})
    rows = [dict(one) for one in FORM["components"]]
    rows[n] |= fields | {"component": rows[n]["component"] | inner}
    return FORM | {"components": rows}


@pytest.mark.parametrize(
    "form",
    [
        FORM | {"title": "t" * 46},
        FORM | {"custom_id": "c" * 101},
        FORM | {"components": []},
        FORM | {"components": [FORM["components"][0]] * 2},
        FORM | {"components": FORM["components"] * 2},
        FORM | {"components": [FORM["components"][0]["component"]]},
        changed(0, label=""),
        changed(0, label="l" * 46),
        changed(0, description="d" * 101),
        changed(0, component={"style": 3}),
        changed(0, component={"value": "123456"}),
        changed(0, component={"max_length": 4001}),
        changed(0, component={"min_length": 6}),
        changed(0, component={"placeholder": "p" * 101}),
        changed(1, component={"options": []}),
        changed(1, component={"options": [{"label": "S", "value": "s"}] * 2}),
        changed(1, component={"options": [{"label": "S", "value": ""}]}),
        changed(1, component={"options": [{"label": "S" * 101, "value": "s"}]}),
        changed(
            1,
            component={"options": [{"label": v, "value": v, "default": True} for v in ("s", "l")]},
        ),
        changed(1, component={"options": [{"label": f"{n}", "value": f"{n}"} for n in range(26)]}),
        changed(2, component={"max_values": 11}),
        changed(2, component={"min_values": 3}),
        changed(2, component={"type": 2}),
    ],
)
def test_a_form_that_discord_does_not_take(form: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        forms.check(form)
    assert refused.value.body()["code"] == 50035


@pytest.mark.parametrize(
    "fields",
    [
        {"files": ("a", b"1")},
        {"what": "", "files": ("a", b"1")},
        {"what": "123456", "files": ("a", b"1")},
        {"what": 7, "files": ("a", b"1")},
        {"what": "x", "size": "m", "files": ("a", b"1")},
        {"what": "x", "size": ["s", "l"], "files": ("a", b"1")},
        {"what": "x"},
        {"what": "x", "files": [("a", b"1")] * 3},
    ],
)
async def test_a_form_that_a_client_does_not_send(served: Served, fields: dict[str, Any]) -> None:
    opened = forms.check(FORM)
    with pytest.raises(Problem):
        forms.fill(served.standin.world, opened, fields)


async def test_a_form_is_sent_with_its_files(served: Served) -> None:
    filled = forms.fill(
        served.standin.world, forms.check(FORM), {"what": "x", "files": ("a.png", PNG)}
    )
    what, size, files = (one["component"] for one in filled.data["components"])
    assert what == {"type": 4, "id": 2, "custom_id": "what", "value": "x"}
    assert size["values"] == []
    (file,) = filled.attachments
    assert files["values"] == [file.id]
    assert served.standin.world.get_file(file.id) == PNG
    served.standin.settings.file_bytes = 3
    with pytest.raises(Problem) as refused:
        forms.fill(served.standin.world, forms.check(FORM), {"what": "x", "files": ("a", PNG)})
    assert refused.value.body()["code"] == 40005


async def test_files_come_by_remote_control_too(
    bot: Bot, served: Served, ada: str, general: str
) -> None:
    sent = Sent()
    await menu_of(bot, sent)
    control = f"{served.origin}/discord/_control/people"

    async def act(method: str, **arguments: Any) -> Any:
        async with served.http.post(f"{control}/{method}", json=arguments) as answer:
            assert answer.status == 200, await answer.text()
            return (await answer.json())["result"]

    message = served.standin.people.post(ada, general, "look")["id"]
    used = await act("menu", person=ada, channel=general, message=message, name="Edit image")
    await bot.wait_event("app_command_completion")
    file = {"name": "a.png", "base64": base64.b64encode(PNG).decode()}
    await act("submit", person=ada, interaction=used, fields={"prompt": "x", "files": [file]})
    assert (await sent.once())["files"] == [PNG]


# --- galleries ---------------------------------------------------------------------------------


def gallery(*names: str, **more: Any) -> dict[str, Any]:
    items = [{"media": {"url": name}} | more for name in names]
    return {"type": 12, "items": items}


async def post(served: Served, general: str, body: dict[str, Any], *files: str) -> tuple[int, Any]:
    """Post as the bot, with files of these names."""
    form = aiohttp.FormData()
    whole = {"flags": V2, "allowed_mentions": {"parse": []}} | body
    form.add_field("payload_json", json.dumps(whole), content_type="application/json")
    for n, name in enumerate(files):
        form.add_field(f"files[{n}]", io.BytesIO(PNG), filename=name)
    status, answer, _ = await served.call("POST", f"/channels/{general}/messages", data=form)
    return status, answer


async def test_files_of_a_gallery_are_in_it_alone(
    bot: Bot, served: Served, people: People, ada: str, general: str
) -> None:
    view = ui.LayoutView()
    view.add_item(ui.TextDisplay("Edited"))
    pictures: Any = ui.MediaGallery()
    pictures.add_item(media="attachment://a.png", description="A cat")
    view.add_item(pictures)
    channel = bot.get_channel(int(general))
    assert isinstance(channel, discord.TextChannel)
    file = discord.File(io.BytesIO(PNG), "a.png", description="A cat")
    said = await channel.send(view=view, files=[file])
    assert said.attachments == []
    (shown,) = [one for one in said.components if isinstance(one, discord.MediaGalleryComponent)]
    (item,) = shown.items
    assert (item.description, item.media.width, item.media.height) == ("A cat", 12, 8)
    assert item.media.attachment_id
    async with served.http.get(item.media.url) as answer:
        assert (answer.status, await answer.read()) == (200, PNG)
        assert answer.content_type == "image/png"
    assert people.read(ada, general)[-1]["components"][1]["items"][0]["description"] == "A cat"


@pytest.mark.parametrize(
    "body",
    [
        {"components": [gallery("attachment://b.png")]},
        {"components": [gallery("b.png")]},
        {"components": [gallery("ftp://x/b.png")]},
        {"components": [gallery()]},
        {"components": [{"type": 12, "items": [{}]}]},
        {"components": [gallery(*["attachment://a.png"] * 11)]},
        {"components": [gallery("attachment://a.png", description="d" * 1025)]},
        {"components": [gallery("attachment://a.png") | {"id": 3}, {"type": 14, "id": 3}]},
        {"components": [{"type": 13, "file": {"url": "https://x/a.png"}}]},
        {"components": [gallery("attachment://a.png")], "content": "words"},
        {"components": [gallery("attachment://a.png")], "flags": 0},
        {"components": [{"type": 10, "content": "x" * 4001}]},
        {"components": [{"type": 10, "content": "x" * 2001}] * 2},
        {"components": [{"type": 14}] * 41},
    ],
)
async def test_a_gallery_that_discord_does_not_take(
    monkeypatch: pytest.MonkeyPatch, body: dict[str, Any]
) -> None:
    async with serve(monkeypatch) as served:
        general = served.standin.people.channel("general")
        status, answer = await post(served, general, body, "a.png")
        assert (status, answer["code"]) == (400, 50035), answer
        world = served.standin.world
        assert all(one.author != world.bot for one in world.messages.values())


async def test_files_alone_show_nothing(served: Served, general: str) -> None:
    status, answer = await post(served, general, {"components": []}, "a.png")
    assert (status, answer["code"]) == (400, 50006)


async def test_a_picture_of_the_web_may_be_shown(served: Served, general: str) -> None:
    body = {"components": [gallery("https://example.org/a.png")]}
    status, answer = await post(served, general, body)
    assert status == 200
    assert answer["components"][0]["items"][0]["media"]["url"] == "https://example.org/a.png"


async def test_what_has_words_cannot_become_a_gallery(served: Served, general: str) -> None:
    at = f"/channels/{general}/messages"
    said = {"content": "words", "allowed_mentions": {"parse": []}}
    _, answer, _ = await served.call("POST", at, said)
    shown = {"flags": V2, "components": [{"type": 10, "content": "x"}]}
    change = shown | {"allowed_mentions": {"parse": []}}
    status, refused, _ = await served.call("PATCH", f"{at}/{answer['id']}", change)
    assert (status, refused["code"]) == (400, 50035)
    change |= {"content": None}
    status, answer, _ = await served.call("PATCH", f"{at}/{answer['id']}", change)
    assert (status, answer["flags"] & V2) == (200, V2)


async def test_a_forwarded_gallery_keeps_its_pictures(
    served: Served, people: People, ada: str, general: str
) -> None:
    body = {"components": [gallery("attachment://a.png")]}
    _, answer = await post(served, general, body, "a.png")
    forwarded = people.forward(ada, people.channel("random"), answer["id"], source=general)
    snapshot = forwarded["message_snapshots"][0]["message"]
    assert snapshot["attachments"] == []
    assert snapshot["components"][0]["items"][0]["media"]["attachment_id"]


async def test_words_in_components_ping_unless_told_not_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serve(monkeypatch) as served:
        people = served.standin.people
        general, ada = people.channel("general"), people.find("ada")
        body = {"components": [{"type": 10, "content": f"<@{ada}>"}]}
        _, quiet = await post(served, general, body)
        assert quiet["mentions"] == []
        _, loud = await post(served, general, body | {"allowed_mentions": None})
        assert [one["id"] for one in loud["mentions"]] == [ada]
