"""The form that sets a limit: what is wrong with it is said below its fields, in its own words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from bot.commands.dispatcher import Dispatcher
from bot.commands.quota_forms import QuotaForms
from bot.domain import InteractionRef, ThreadRef
from bot.ports import CommandReply, Flaws, Form, FormCall, Forms, FormSent, ScopeKind
from tests.commanded import ADMIN, Chat, chat

ADA = replace(ADMIN, id="T1/U1")
BEN = "T1/U2"
PLACE = ThreadRef("slack", "T1", "T1/C1", "T1/C1/1.2")


@pytest.fixture
async def c(tmp_path: Path) -> AsyncIterator[Chat]:
    async with chat(tmp_path) as opened:
        opened.known = {("T1", BEN): "Ben"}
        yield opened


async def send(c: Chat, **values: str) -> Flaws | CommandReply:
    """Open a form and send it, filled as it is shown but for `values`."""
    desk = c.desk
    none = cast(Forms, None)
    forms = QuotaForms(Dispatcher(desk), desk.quotas, c.clock, desk.admins, none)
    used = InteractionRef("1", "t", "T1/C1", expires_at=c.clock.now() + 60_000)
    now = c.clock.now()
    form = await forms.open(
        FormCall("quota set", used, PLACE, "T1/C1", ADA, 600, now, in_thread=False)
    )
    assert isinstance(form, Form), form
    shown = {field.name: field.value for field in form.fields}
    sent = FormSent(form.id, replace(used, id="2"), ADA, 601, now, {**shown, **values})
    answer = await forms.send(sent)
    assert isinstance(answer, Flaws | CommandReply), answer
    return answer


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"amount": "５"}, "amount", "This must be a whole number from 0"),
        ({"amount": "$5"}, "amount", "digits only, such as 50."),
        ({"amount": "5", "metric": "money"}, "amount", "This must be dollars in plain digits"),
        ({"amount": "5", "model": "nope"}, "model", "This must be a model that is to be had here"),
        ({"amount": "5", "scope": "person"}, "person", "Choose the person"),
        ({"amount": "5", "scope": "person", "person": "T1/U9"}, "person", "There is no such"),
        ({"amount": "5", "scope": "channel"}, "scope", "There is no such channel here"),
        # Else each member would be held to what was meant for one.
        ({"amount": "5", "person": BEN}, "person", "not be for this person alone"),
        ({"amount": "5", "person": BEN, "scope": "server"}, "person", "not be for this person"),
    ],
)
async def test_a_flaw_is_told_at_its_field(
    values: dict[str, str], field: str, said: str, c: Chat
) -> None:
    """Without what a command is written like, and without markup, which no form shows."""
    flaws = await send(c, **values)
    assert isinstance(flaws, Flaws), flaws
    assert list(flaws.fields) == [field]
    told = flaws.fields[field]
    assert said in told
    assert told[0].isupper() and told.endswith(".")
    assert "`" not in told and "/bot" not in told
    assert await c.store.limits("slack", "T1") == []


async def test_a_limit_of_one_person_is_set(c: Chat) -> None:
    reply = await send(c, amount="5", scope="person", person=BEN, per="ever")
    assert isinstance(reply, CommandReply)
    assert "**Ben** may use **5 requests in all**" in reply.text
    (limit,) = await c.store.limits("slack", "T1")
    assert (limit.scope.kind, limit.scope.id) == (ScopeKind.USER, BEN)
