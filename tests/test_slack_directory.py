"""Who people are, and who is an admin: asked of Slack, kept for a while, never waited for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack.directory import MOST_ASKED, read_person
from bot.events import MessageEdited, MessageReceived
from tests.slack_api import TS, Desk, person, said
from tests.virtual import until

pytestmark = pytest.mark.virtual

SLOW = 60.0


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Return an adapter that hears by HTTP, with an admin of its own and a group of admins."""
    async with Desk(admins=["slack:T1/U7", "slack:T2/U1"], admin_group="S1") as desk:
        desk.api.replies["usergroups.users.list"] = {"users": ["U8"]}
        yield desk


def slowly(seconds: float, answer: dict[str, Any]) -> Any:
    """Return a reply that comes after a while."""

    async def reply() -> dict[str, Any]:
        await asyncio.sleep(seconds)
        return answer

    return lambda arguments: reply()


def messages(desk: Desk) -> list[MessageReceived]:
    """Return what was heard."""
    return desk.inbox.messages


async def test_a_person_is_asked_for_once(desk: Desk) -> None:
    """For ten minutes; then their name may have changed."""
    for number in range(3):
        await desk.event(said("<@UBOT> hi <@U2>", ts=f"1767225600.00010{number}"))
    assert sorted(each["user"] for each in desk.api.asked("users.info")) == ["U1", "U2"]
    assert [each.text for each in messages(desk)] == ["hi @name of U2"] * 3
    assert messages(desk)[0].author.name == "name of U1"
    await desk.clock.sleep(601)
    await desk.event(said("<@UBOT> hi", ts="1767226300.000100"))
    assert len(desk.api.asked("users.info")) == 3


async def test_who_asks_at_once_asks_once(desk: Desk) -> None:
    """Fifty messages of one person are one question."""
    desk.api.replies["users.info"] = slowly(0.5, person("Ann"))
    events = [desk.event(said("<@UBOT> hi", ts=f"1767225600.0002{n:02}")) for n in range(50)]
    assert set(await asyncio.gather(*events)) == {200}
    assert len(desk.api.asked("users.info")) == 1
    assert {each.author.name for each in messages(desk)} == {"Ann"}


async def test_a_name_is_waited_for_a_second_at_most(desk: Desk) -> None:
    """Then it is the id; what comes later serves the next time."""
    desk.api.replies["users.info"] = slowly(5, person("Ann"))
    began = desk.clock.monotonic()
    assert await desk.event(said("<@UBOT> hi <@U2>")) == 200
    assert desk.clock.monotonic() - began < 1.5
    assert messages(desk)[0].author.name == "U1"
    assert messages(desk)[0].text == "hi @U2"
    await desk.clock.sleep(5)
    await desk.event(said("<@UBOT> hi", ts="1767225700.000100"))
    assert messages(desk)[1].author.name == "Ann"


async def test_a_refusal_is_not_asked_for_again_at_once(desk: Desk) -> None:
    """A missing scope, or too many questions."""
    desk.api.replies["users.info"] = {"error": "missing_scope", "needed": "users:read"}
    for number in range(3):
        await desk.event(said("<@UBOT> hi", ts=f"1767225600.00010{number}"))
    assert len(desk.api.asked("users.info")) == 1
    await desk.clock.sleep(31)
    await desk.event(said("<@UBOT> hi", ts="1767225700.000100"))
    assert len(desk.api.asked("users.info")) == 2
    assert messages(desk)[-1].author.name == "U1"


async def test_a_message_full_of_names_does_not_use_up_the_limit(desk: Desk) -> None:
    """The first are looked up, the rest are shown by their ids."""
    mentions = " ".join(f"<@U{number:03}>" for number in range(100))
    await desk.event(said(f"<@UBOT> {mentions}"))
    assert len(desk.api.asked("users.info")) == MOST_ASKED
    assert "@name of U000" in messages(desk)[0].text and "@U099" in messages(desk)[0].text


async def test_nobody_is_asked_for_what_is_none_of_ours(desk: Desk) -> None:
    """A busy channel costs no calls."""
    for number in range(5):
        await desk.event(said("hi all", ts=f"1767225600.00010{number}"))
    assert not desk.api.asked("users.info")


async def test_in_a_thread_people_are_asked_for_where_it_is_ours(desk: Desk) -> None:
    """What others say to each other costs no calls, and the core still hears it, in order."""
    root = "1767225000.000000"
    for number in range(3):
        ts = f"1767225600.00010{number}"
        await desk.event(said("so <@U2>", ts=ts, thread_ts=root, user=f"U{number}"))
    assert not desk.api.asked("users.info")
    assert [each.text for each in messages(desk)] == ["so @U2"] * 3
    desk.inbox.followed.add(f"T1/C1/{root}")
    await desk.event(said("so <@U2>", ts="1767225600.000200", thread_ts=root))
    assert messages(desk)[-1].text == "so @name of U2"
    assert messages(desk)[-1].author.name == "name of U1"


async def test_many_events_at_once_make_no_call_each(desk: Desk) -> None:
    """Neither to learn who speaks nor to learn who we are."""
    before = len(desk.api.calls)
    root = "1767225000.000000"
    events = [
        desk.event(said("hi", ts=f"1767225600.{number:06}", thread_ts=root))
        for number in range(250)
    ]
    events += [
        desk.event(said("<@UBOT> hi", ts=f"1767225601.{number:06}")) for number in range(250)
    ]
    assert set(await asyncio.gather(*events)) == {200}
    assert len(messages(desk)) == 500
    called = sorted(method for method, _ in desk.api.calls[before:])
    assert called == ["usergroups.list", "users.info"]


async def test_in_a_thread_that_just_began_people_are_known(desk: Desk) -> None:
    """Whether or not the store has it yet."""
    await desk.event(said("<@UBOT> hi"))
    later = "1767225600.000200"
    await desk.event(said("and <@U3>?", ts=later, thread_ts=TS, user="U2"))
    assert messages(desk)[-1].author.name == "name of U2"
    assert messages(desk)[-1].text == "and @name of U3?"
    edit = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "ts": "1767225700.000000",
        "message": said("or <@U4>?", ts=later, thread_ts=TS, user="U2"),
        "previous_message": said("and <@U3>?", ts=later, thread_ts=TS, user="U2"),
    }
    await desk.event(edit)
    assert isinstance(desk.inbox.events[-1], MessageEdited)
    assert desk.inbox.events[-1].text == "or @name of U4?"


async def test_nobody_is_asked_for_edits_of_what_is_none_of_ours(desk: Desk) -> None:
    """People mend their words all day."""
    edit = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "ts": "1767225700.000000",
        "message": said("hi <@U2>"),
        "previous_message": said("hi <@U3>"),
    }
    await desk.event(edit)
    assert isinstance(desk.inbox.events[-1], MessageEdited)
    assert not desk.api.asked("users.info")


async def test_channels_without_a_name_are_asked_for(desk: Desk) -> None:
    """Slack leaves their names out where the reader might not be a member."""
    desk.api.replies["conversations.info"] = {"channel": {"id": "C5", "name": "plans"}}
    await desk.event(said("<@UBOT> see <#C5|> and <#C6|random>"))
    assert messages(desk)[0].text == "see #plans and #random"
    assert desk.api.asked("conversations.info") == [{"channel": "C5"}]


async def test_order_in_a_channel_is_kept_whatever_is_looked_up(desk: Desk) -> None:
    """A message of somebody new is not overtaken by one of somebody known."""
    await desk.event(said("<@UBOT> zero", ts="1767225600.000001"))
    desk.api.replies["users.info"] = slowly(0.8, person("New"))
    first = asyncio.create_task(desk.event(said("<@UBOT> one", ts=TS, user="U5")))
    await until(lambda: len(desk.api.asked("users.info")) == 2)
    second = asyncio.create_task(desk.event(said("<@UBOT> two", ts="1767225601.000000")))
    change = {
        "type": "message",
        "subtype": "message_deleted",
        "channel": "C1",
        "deleted_ts": TS,
        "ts": "1767225602.000000",
    }
    third = asyncio.create_task(desk.event(change))
    elsewhere = asyncio.create_task(
        desk.event(said("<@UBOT> other", ts="1767225603.000000", channel="C2"))
    )
    await elsewhere
    assert desk.inbox.texts == ["zero", "other"]
    await asyncio.gather(first, second, third)
    assert desk.inbox.texts == ["zero", "other", "one", "two"]
    assert type(desk.inbox.events[-1]).__name__ == "MessageDeleted"


async def test_a_slow_name_holds_nobody_for_longer_than_a_second(desk: Desk) -> None:
    """However many stand in line behind it."""
    desk.api.replies["users.info"] = slowly(SLOW, person("New"))
    began = desk.clock.monotonic()
    events = [
        desk.event(said("<@UBOT> hi", ts=f"1767225600.0003{n:02}", user=f"U{n}")) for n in range(30)
    ]
    assert set(await asyncio.gather(*events)) == {200}
    assert desk.clock.monotonic() - began < 1.6
    assert [each.message[-2:] for each in messages(desk)] == [f"{n:02}" for n in range(30)]


# --- rights ------------------------------------------------------------------------------


async def rights(desk: Desk, user: str) -> tuple[bool, bool]:
    """Return whether somebody is an admin and a moderator at this moment."""
    author = await desk.platform._directory.author("T1", user)
    assert author.id == f"T1/{user}"
    return author.admin, author.moderator


async def test_admins_and_owners_of_the_workspace_are_admins(desk: Desk) -> None:
    """And nobody else; guests and strangers not, whatever they are at home."""
    users = {
        "U1": person("Member"),
        "U2": person("Admin", is_admin=True),
        "U3": person("Owner", is_owner=True),
        "U4": person("Stranger", is_admin=True, is_stranger=True),
        "U5": person("Guest", is_admin=True, is_restricted=True),
        "U6": person("Said so", is_admin="true"),
        "U9": person("Of another company", is_admin=True, is_stranger=False, team_id="T2"),
        "U10": person("Of none", is_owner=True, team_id=None),
        "U11": person("Of theirs", is_admin=True, team_id="E1", enterprise_user={"teams": ["T2"]}),
        "U12": person(
            "Of ours", is_admin=True, team_id="E1", enterprise_user={"teams": ["T2", "T1"]}
        ),
        "U7": person("Of ADMIN_IDS"),
        "U8": person("Of the group"),
    }
    desk.api.replies["users.info"] = lambda arguments: users[arguments["user"]]
    admins = {user for user in users if await rights(desk, user) == (True, True)}
    assert admins == {"U2", "U3", "U7", "U8", "U12"}
    assert await rights(desk, "U1") == (False, False)


async def test_rights_are_asked_for_each_time(desk: Desk) -> None:
    """Taken away, they are gone with the next command."""
    desk.api.replies["users.info"] = person("Ann", is_admin=True)
    assert await rights(desk, "U1") == (True, True)
    desk.api.replies["users.info"] = person("Ann")
    assert await rights(desk, "U1") == (False, False)


async def is_unknown(desk: Desk, user: str) -> bool:
    """Return whether it is not known at this moment what somebody may do."""
    author = await desk.platform._directory.author("T1", user)
    assert not (author.rights_unknown and (author.admin or author.moderator))
    return author.rights_unknown


async def test_membership_of_the_group_is_asked_for_each_time(desk: Desk) -> None:
    """Taken out of it, somebody is no admin with the next command."""
    assert await rights(desk, "U8") == (True, True)
    desk.api.replies["usergroups.users.list"] = {"users": ["U9"]}
    assert await rights(desk, "U8") == (False, False)
    assert not await is_unknown(desk, "U8")
    assert await rights(desk, "U9") == (True, True)


@pytest.mark.parametrize(
    "failure",
    [
        {"error": "ratelimited"},
        {"error": "fatal_error"},
        {"error": "missing_scope"},
        {"error": "something_new"},
        slowly(SLOW, {}),
    ],
    ids=["throttled", "broken", "no scope", "refused", "late"],
)
@pytest.mark.parametrize("method", ["users.info", "usergroups.users.list"])
async def test_rights_that_slack_does_not_tell_are_not_known(
    desk: Desk, method: str, failure: Any
) -> None:
    """Neither allowed nor forbidden, unless what it does tell, or ADMIN_IDS, is enough."""
    users = {"U1": person("Member"), "U2": person("Admin", is_admin=True)}
    known = lambda arguments: users.get(arguments["user"], person("Somebody"))  # noqa: E731
    desk.api.replies["users.info"] = known
    assert await rights(desk, "U2") == (True, True)
    desk.api.replies[method] = failure
    by_group = method == "users.info"
    assert {user for user in ("U1", "U2", "U7", "U8") if await is_unknown(desk, user)} == (
        {"U1", "U2"} if by_group else {"U1", "U8"}
    )
    sure = {"U7", "U8"} if by_group else {"U2", "U7"}
    assert {user for user in ("U1", "U2", "U7", "U8") if (await rights(desk, user))[0]} == sure


@pytest.mark.parametrize("code", ["user_not_found", "user_not_visible"])
async def test_whom_the_workspace_does_not_know_is_no_admin_of_it(desk: Desk, code: str) -> None:
    """That is an answer, which will not be another in a moment."""
    desk.api.replies["users.info"] = {"error": code}
    assert await rights(desk, "U1") == (False, False)
    assert not await is_unknown(desk, "U1")


async def test_an_admin_by_the_group_is_one_for_what_answers_cost(desk: Desk) -> None:
    """As far as is known without asking anew: it gives no right."""
    desk.api.replies["usergroups.list"] = {"usergroups": [{"id": "S1", "users": ["U8"]}]}
    for user, ts in (("U8", "1767225600.000100"), ("U1", "1767225600.000200")):
        await desk.event(said("<@UBOT> hi", ts=ts, user=user))
    assert [each.author.admin for each in messages(desk)] == [True, False]
    desk.api.replies["usergroups.users.list"] = {"users": []}
    assert await rights(desk, "U8") == (False, False)


async def test_who_cannot_be_asked_for_has_no_rights(desk: Desk) -> None:
    """Except those of ADMIN_IDS, who are known without Slack; of another workspace nobody is."""
    desk.api.replies["users.info"] = person("Ann", is_admin=True)
    assert await rights(desk, "U1") == (True, True)
    desk.api.replies["users.info"] = slowly(SLOW, person("Ann", is_admin=True))
    desk.api.replies["usergroups.users.list"] = {"error": "ratelimited"}
    began = desk.clock.monotonic()
    assert await rights(desk, "U1") == (False, False)
    assert desk.clock.monotonic() - began < 1.5
    assert await rights(desk, "U7") == (True, True)


async def test_without_a_group_nobody_is_asked_for_one() -> None:
    """It is a scope that the app need not have."""
    async with Desk() as desk:
        assert await rights(desk, "U1") == (False, False)
        assert not desk.api.asked("usergroups.users.list")


def test_a_person_is_called_as_they_wish() -> None:
    """The first name that there is; controls and tricks out of it."""
    shown = {"display_name": "Ann\x00 Lee", "real_name": "Ann Lee Smith"}
    assert read_person({"profile": shown}, "U1", "T1", listed=False).name == "Ann Lee"
    real = {"display_name": "", "real_name": "Ann Lee Smith"}
    assert read_person({"profile": real}, "U1", "T1", listed=False).name == "Ann Lee Smith"
    assert read_person({"name": "ann"}, "U1", "T1", listed=False).name == "ann"
    assert read_person({"profile": []}, "U1", "T1", listed=False).name == "U1"
