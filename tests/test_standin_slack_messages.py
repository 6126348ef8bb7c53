"""The stand-in's messages and people, called by the real slack_sdk: what Slack says to what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError

from adapters.playground.faults import Fault
from adapters.playground.slack import Problem, problems
from tests.standin_slack import Served, serve

pytestmark = pytest.mark.virtual

NO_CURSOR = {"next_cursor": ""}


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[Served]:
    async with serve() as served:
        yield served


async def test_the_token_says_which_workspace_it_opens(slack: Served) -> None:
    answer = await slack.client.auth_test()
    assert answer["team_id"] == slack.team
    assert answer["user_id"] == slack.world.teams[slack.team].bot
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(
    ("token", "error"),
    [("xoxb-wrong", "invalid_auth"), ("", "not_authed"), ("xapp", "not_allowed_token_type")],
)
async def test_other_tokens_are_refused(slack: Served, token: str, error: str) -> None:
    client = slack.client_of(slack.standin.app_token if token == "xapp" else token)
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response["error"] == error


async def test_revoked_and_uninstalled_tokens_open_nothing_until_installed(slack: Served) -> None:
    slack.people.revoke_tokens()
    assert await slack.refused("auth.test") == "token_revoked"
    slack.people.uninstall()
    assert await slack.refused("auth.test") == "account_inactive"
    slack.people.install()
    assert (await slack.call("auth.test"))["ok"]


async def test_a_missing_scope_is_named(slack: Served) -> None:
    slack.people.switch(scopes=["chat:write"])
    error = await slack.refusal("users.info", user=slack.user(slack.ada))
    assert error.response["error"] == "missing_scope"
    assert error.response["needed"] == "users:read"
    assert error.response["provided"] == "chat:write"
    assert error.response.headers["x-oauth-scopes"] == "chat:write"
    found = await slack.refusal("conversations.replies", channel=slack.channel, ts="1.000001")
    assert found.response["needed"] == "channels:history"


async def test_arguments_come_by_query_form_and_json(slack: Served) -> None:
    for way in ("params", "data", "json"):
        sent: Any = {"channel": slack.channel, "text": way}
        answer = await slack.client.api_call("chat.postMessage", **{way: sent})
        assert slack.shown(answer["ts"])["text"] == way
    listed = await slack.client.users_list()
    assert {"ada", "threadbot"} <= {one["name"] for one in listed["members"]}


async def test_a_message_is_kept_escaped_and_shown_to_all(slack: Served) -> None:
    ts = await slack.post("a & b < c &lt; <https://x.org|x> <@U123> <!here> <script>")
    shown = slack.shown(ts)
    kept = "a &amp; b &lt; c &lt; <https://x.org|x> <@U123> <!here> &lt;script&gt;"
    assert shown["text"] == kept
    assert shown["bot_id"] == slack.world.teams[slack.team].bot_id
    assert slack.people.read(slack.ben, slack.general)[-1]["ts"] == ts


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("C0NOWHERE00", "channel_not_found"),
        ("quiet", "not_in_channel"),
        ("archived", "is_archived"),
        ("restricted", "restricted_action"),
    ],
)
async def test_posts_are_refused_where_they_may_not_stand(
    slack: Served, where: str, error: str
) -> None:
    if where == "archived":
        slack.people.archive(slack.general)
    if where == "restricted":
        slack.people.restrict(slack.general)
    known = where in ("archived", "restricted")
    found = slack.channel if known else where
    if where == "quiet":
        found = slack.people.channel("quiet").split("/")[1]
    assert await slack.refused("chat.postMessage", channel=found, text="x") == error


async def test_a_person_can_be_posted_to(slack: Served) -> None:
    answer = await slack.call("chat.postMessage", channel=slack.user(slack.ada), text="psst")
    dm = slack.people.open_dm(slack.ada)
    assert dm.endswith(answer["channel"])
    assert slack.people.read(slack.ada, dm)[-1]["text"] == "psst"
    with pytest.raises(Problem, match="channel_not_found"):
        slack.people.read(slack.ben, dm)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "no_text"),
        ({"text": " "}, "no_text"),
        ({"markdown_text": "x", "text": "x"}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"blocks": [{"type": "markdown", "text": "x" * 12_001}]}, "msg_too_long"),
        ({"blocks": "no json"}, "invalid_blocks_format"),
        ({"blocks": [{"type": "nothing"}]}, "invalid_blocks"),
        ({"text": "x", "thread_ts": "soon"}, "invalid_thread_ts"),
        ({"text": "x", "metadata": {"event_type": "t"}}, "invalid_metadata_format"),
    ],
)
async def test_bad_messages_are_refused(slack: Served, sent: Any, error: str) -> None:
    assert await slack.refused("chat.postMessage", channel=slack.channel, **sent) == error
    assert slack.people.read(slack.ada, slack.general) == []


async def test_too_much_text_is_cut_with_a_warning(slack: Served) -> None:
    answer = await slack.call("chat.postMessage", channel=slack.channel, text="x" * 40_001)
    assert answer["response_metadata"]["warnings"] == ["message_truncated"]
    assert len(slack.shown(answer["ts"])["text"]) == 40_000


async def test_an_edit_replaces_what_was_sent_again(slack: Served) -> None:
    blocks = [{"type": "markdown", "text": "**one**"}]
    ts = await slack.post("one", blocks=blocks)
    await slack.call("chat.update", channel=slack.channel, ts=ts, text="two")
    shown = slack.shown(ts)
    assert shown["text"] == "two"
    assert "blocks" not in shown
    assert shown["edited"]["user"] == slack.world.teams[slack.team].bot
    await slack.call("chat.update", channel=slack.channel, ts=ts, text="three", blocks=blocks)
    assert slack.shown(ts)["blocks"][0]["text"] == "**one**"
    assert await slack.refused("chat.update", channel=slack.channel, ts=ts, text="") == "no_text"
    found = await slack.refused("chat.update", channel=slack.channel, ts=ts, text="x" * 4_001)
    assert found == "msg_too_long"


async def test_only_own_messages_are_edited_and_deleted(slack: Served) -> None:
    theirs = slack.people.say(slack.ada, slack.general, "mine")
    where = {"channel": slack.channel, "ts": theirs}
    assert await slack.refused("chat.update", **where, text="x") == "cant_update_message"
    assert await slack.refused("chat.delete", **where) == "cant_delete_message"
    gone = {"channel": slack.channel, "ts": "1.000001"}
    assert await slack.refused("chat.update", **gone, text="x") == "message_not_found"
    slack.settings.edit_window_ms = 60_000
    ts = await slack.post()
    await asyncio.sleep(61)
    found = await slack.refused("chat.update", channel=slack.channel, ts=ts, text="late")
    assert found == "edit_window_closed"


async def test_a_thread_counts_its_replies(slack: Served) -> None:
    parent = slack.people.say(slack.ada, slack.general, "question")
    assert "thread_ts" not in slack.shown(parent)
    reply = await slack.post("answer", thread_ts=parent)
    shown = slack.shown(parent)
    assert (shown["thread_ts"], shown["reply_count"]) == (parent, 1)
    assert slack.shown(reply)["parent_user_id"] == slack.user(slack.ada)
    found = await slack.client.conversations_replies(channel=slack.channel, ts=parent)
    assert [one["ts"] for one in found["messages"]] == [parent, reply]
    standing = await slack.client.conversations_history(channel=slack.channel)
    assert [one["ts"] for one in standing["messages"]] == [parent]
    again = {"channel": slack.channel, "text": "x", "thread_ts": reply}
    assert await slack.refused("chat.postMessage", **again) == "cannot_reply_to_message"


async def test_a_reply_to_a_deleted_message_lands_in_the_channel(slack: Served) -> None:
    parent = slack.people.say(slack.ada, slack.general, "question")
    slack.people.delete(slack.ada, slack.general, parent)
    reply = await slack.post("answer", thread_ts=parent)
    assert "thread_ts" not in slack.shown(reply)
    assert [one["ts"] for one in slack.people.read(slack.ada, slack.general)] == [reply]
    found = {"channel": slack.channel, "ts": parent}
    assert await slack.refused("conversations.replies", **found) == "thread_not_found"


async def test_a_deleted_parent_with_replies_leaves_a_tombstone(slack: Served) -> None:
    parent = slack.people.say(slack.ada, slack.general, "question")
    reply = await slack.post("answer", thread_ts=parent)
    slack.people.delete(slack.ada, slack.general, parent)
    found = await slack.client.conversations_replies(channel=slack.channel, ts=parent)
    stone, kept = found["messages"]
    assert (stone["subtype"], stone["user"]) == ("tombstone", "USLACKBOT")
    assert kept["ts"] == reply
    later = await slack.post("more", thread_ts=parent)
    assert slack.shown(later)["thread_ts"] == parent
    for ts in (reply, later):
        await slack.call("chat.delete", channel=slack.channel, ts=ts)
    assert slack.people.read(slack.ada, slack.general) == []


async def test_metadata_is_returned_to_who_asks_for_it(slack: Served) -> None:
    metadata = {"event_type": "threadbot_part", "event_payload": {"part": "n1"}}
    parent = slack.people.say(slack.ada, slack.general, "question")
    await slack.post("answer", thread_ts=parent, metadata=metadata)
    asked: Any = {"channel": slack.channel, "ts": parent}
    found = await slack.client.conversations_replies(**asked, include_all_metadata=True)
    assert found["messages"][1]["metadata"] == metadata
    found = await slack.client.conversations_replies(**asked)
    assert "metadata" not in found["messages"][1]


async def test_history_is_paged_and_bounded(slack: Served) -> None:
    made = [slack.people.say(slack.ada, slack.general, str(n)) for n in range(5)]
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = await slack.client.conversations_history(
            channel=slack.channel, limit=2, cursor=cursor or None
        )
        seen += [one["ts"] for one in page["messages"]]
        cursor = page.get("response_metadata", NO_CURSOR)["next_cursor"]
    assert seen == made[::-1]
    found = await slack.client.conversations_history(channel=slack.channel, oldest=made[2])
    assert [one["ts"] for one in found["messages"]] == [made[4], made[3]]
    found = await slack.client.conversations_history(
        channel=slack.channel, oldest=made[2], latest=made[3], inclusive=True
    )
    assert [one["ts"] for one in found["messages"]] == [made[3], made[2]]


async def test_an_ephemeral_message_is_for_one_person(slack: Served) -> None:
    await slack.client.chat_postEphemeral(
        channel=slack.channel, user=slack.user(slack.ada), text="psst"
    )
    (shown,) = slack.people.read(slack.ada, slack.general)
    assert shown["ephemeral"]
    assert slack.people.read(slack.ben, slack.general) == []
    ts = shown["ts"]
    where = {"channel": slack.channel, "ts": ts}
    assert await slack.refused("chat.update", **where, text="x") == "message_not_found"
    slack.people.delete(slack.ada, slack.general, ts)
    assert slack.people.read(slack.ada, slack.general) == []
    found = await slack.refused(
        "chat.postEphemeral", channel=slack.channel, user="U0NOBODY000", text="x"
    )
    assert found == "user_not_in_channel"


async def test_channels_are_joined_and_conversations_opened(slack: Served) -> None:
    quiet = slack.people.channel("quiet").split("/")[1]
    assert (await slack.call("conversations.join", channel=quiet))["channel"]["is_member"]
    again = await slack.call("conversations.join", channel=quiet)
    assert again["warning"] == "already_in_channel"
    users = slack.user(slack.ada)
    one = await slack.client.conversations_open(users=users)
    assert slack.people.open_dm(slack.ada).endswith(one["channel"]["id"])
    other = slack.people.find("weatherbot").split("/")[1]
    assert await slack.refused("conversations.open", users=other) == "cannot_dm_bot"
    found = await slack.client.conversations_info(channel=slack.channel)
    assert found["channel"]["name"] == "general"
    team = slack.people.channel("team").split("/")[1]
    slack.people.invite_bot(slack.people.channel("team"), invited=False)
    assert await slack.refused("conversations.info", channel=team) == "channel_not_found"


async def test_users_tell_who_administers(slack: Served) -> None:
    ada = await slack.client.users_info(user=slack.user(slack.ada))
    ben = await slack.client.users_info(user=slack.user(slack.ben))
    assert ada["user"]["is_owner"]
    assert not ben["user"]["is_admin"]
    assert ben["user"]["tz"] == "America/New_York"
    slack.people.set_admin(slack.ben)
    assert (await slack.client.users_info(user=slack.user(slack.ben)))["user"]["is_admin"]
    (group,) = (await slack.client.usergroups_list())["usergroups"]
    members = await slack.client.usergroups_users_list(usergroup=group["id"])
    assert slack.user(slack.ben) in members["users"]
    assert await slack.refused("users.info", user="U0NOBODY000") == "user_not_found"


async def test_reactions_come_and_go(slack: Served) -> None:
    ts = slack.people.say(slack.ada, slack.general, "hello")
    where = {"channel": slack.channel, "timestamp": ts, "name": "eyes"}
    await slack.client.reactions_add(**where)
    assert slack.shown(ts)["reactions"][0]["name"] == "eyes"
    assert await slack.refused("reactions.add", **where) == "already_reacted"
    await slack.client.reactions_remove(**where)
    assert "reactions" not in slack.shown(ts)
    assert await slack.refused("reactions.remove", **where) == "no_reaction"


async def test_posts_come_in_bursts_and_then_one_a_second(slack: Served) -> None:
    for _ in range(5):
        await slack.post()
    error = await slack.refusal("chat.postMessage", channel=slack.channel, text="x")
    assert error.response.status_code == 429
    assert error.response.headers["Retry-After"] == "1"
    assert error.response["error"] == "ratelimited"
    await asyncio.sleep(1)
    await slack.post()
    random = slack.people.channel("random").split("/")[1]
    await slack.call("chat.postMessage", channel=random, text="elsewhere")


async def test_methods_have_tiers_by_workspace(slack: Served) -> None:
    ts = await slack.post()
    for n in range(50):
        await slack.call("chat.update", channel=slack.channel, ts=ts, text=str(n))
    error = await slack.refusal("chat.update", channel=slack.channel, ts=ts, text="x")
    assert error.response.status_code == 429
    assert 58 <= int(error.response.headers["Retry-After"]) <= 60
    await asyncio.sleep(60)
    await slack.call("chat.update", channel=slack.channel, ts=ts, text="x")
    slack.settings.enforce = False
    for _ in range(60):
        await slack.call("chat.update", channel=slack.channel, ts=ts, text="x")


async def test_faults_refuse_and_lose_and_the_history_tells(slack: Served) -> None:
    faults = slack.standin.faults
    faults.add(problems.refuse("chat.postMessage", "ratelimited", retry_after=7))
    error = await slack.refusal("chat.postMessage", channel=slack.channel, text="one")
    assert error.response.headers["Retry-After"] == "7"
    faults.add(Fault("chat.postMessage", "lose_answer"))
    with pytest.raises(Exception, match="disconnected"):
        await slack.post("two")
    await slack.post("three")
    shown = [one["text"] for one in slack.people.read(slack.ada, slack.general)]
    assert shown == ["two", "three"]
    entries = [*slack.standin.history.of("chat.postMessage")]
    assert [one.effect for one in entries] == ["refused", "unacked", "ok"]
    assert entries[0].request["text"] == "one"
    assert not any("xoxb" in str(one) for one in entries)


async def test_a_message_tells_whom_it_notifies(slack: Served) -> None:
    ada = slack.user(slack.ada)
    loud = await slack.post(f"<@{ada}> <!here>")
    shout = {"type": "markdown", "text": "<!channel|all> and <#C123ABC>"}
    louder = await slack.post("plain", blocks=[shout])
    quiet = await slack.post("&lt;!here&gt; <\u2060!channel> <!DOCTYPE html>")
    pings = [slack.shown(ts)["pings"] for ts in (loud, louder, quiet)]
    assert pings == [[f"@{ada}", "!here"], ["!channel"], []]


async def test_an_edit_may_carry_files(slack: Served) -> None:
    ts = await slack.post("one")
    made = await slack.client.files_upload_v2(filename="answer.md", content="# long")
    file = made["file"]["id"]
    where = {"channel": slack.channel, "ts": ts}
    await slack.call("chat.update", **where, text="one", file_ids=[file])
    assert slack.shown(ts)["files"][0]["id"] == file
    await asyncio.sleep(2)
    found = (await slack.client.files_info(file=file))["file"]
    assert found["shares"]["public"][slack.channel][0]["ts"] == ts
    unknown = await slack.refused("chat.update", **where, text="x", file_ids=["F0NOTHING00"])
    assert unknown == "file_not_found"


async def test_an_unknown_method_and_broken_json_have_words(slack: Served) -> None:
    assert await slack.refused("chat.shout") == "unknown_method"
    url = slack.standin.api_url(slack.standin.origin) + "chat.postMessage"
    headers = {
        "Authorization": f"Bearer {slack.standin.bot_token}",
        "Content-Type": "application/json",
    }
    for raw, error in ((b"{", "invalid_json"), (b"[]", "json_not_object")):
        async with slack.http.post(url, data=raw, headers=headers) as response:
            assert response.headers["Content-Type"] == "application/json; charset=utf-8"
            assert (await response.json())["error"] == error


async def test_two_workspaces_with_the_same_ids_know_nothing_of_each_other(
    slack: Served,
) -> None:
    second = slack.people.add_team()
    other = slack.people.channel("general", second)
    assert other.split("/")[1] == slack.channel
    client = slack.client_of(slack.standin.token_of(second))
    answer = await client.chat_postMessage(channel=slack.channel, text="over there")
    cleo = slack.people.find("cleo", second)
    assert slack.people.read(cleo, other)[-1]["ts"] == answer["ts"]
    assert slack.people.read(slack.ada, slack.general) == []
    with pytest.raises(Problem, match="channel_not_found"):
        slack.people.read(slack.ada, other)


async def test_history_stays_where_it_is_between_two_pages(slack: Served) -> None:
    made = [slack.people.say(slack.ada, slack.general, str(n)) for n in range(4)]
    asked: Any = {"channel": slack.channel, "limit": 2}
    first = await slack.client.conversations_history(**asked)
    slack.people.say(slack.ada, slack.general, "meanwhile")
    slack.people.delete(slack.ada, slack.general, made[3])
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.client.conversations_history(**asked, cursor=cursor)
    assert [one["ts"] for one in second["messages"]] == [made[1], made[0]]
    assert not second["has_more"]
    for wrong in ("nonsense", "bmV4dA=="):
        assert await slack.refused("conversations.history", **asked, cursor=wrong) == (
            "invalid_cursor"
        )


async def test_an_app_lists_what_it_is_in(slack: Served) -> None:
    own = slack.people.open_dm(slack.ada).split("/")[1]
    kinds = "public_channel,private_channel,mpim,im"
    found = await slack.client.users_conversations(types=kinds)
    listed = {one["id"] for one in found["channels"]}
    assert {own, slack.channel} <= listed
    slack.people.invite_bot(slack.general, invited=False)
    found = await slack.client.users_conversations(types=kinds)
    assert {one["id"] for one in found["channels"]} == listed - {slack.channel}
    everything = await slack.client.conversations_list()
    assert slack.channel in {one["id"] for one in everything["channels"]}
    page = await slack.client.users_conversations(types=kinds, limit=1)
    assert len(page["channels"]) == 1 and page["response_metadata"]["next_cursor"]
    slack.people.archive(f"{slack.team}/{page['channels'][0]['id']}")
    page = await slack.client.users_conversations(types=kinds, exclude_archived=True)
    assert len(page["channels"]) == len(listed) - 2
    assert await slack.refused("users.conversations", types="room") == "invalid_types"
    slack.people.switch(scopes=["channels:read"])
    error = await slack.refusal("users.conversations", types="im")
    assert (error.response["error"], error.response["needed"]) == ("missing_scope", "im:read")


async def test_an_app_that_is_sold_reads_little(slack: Served) -> None:
    slack.settings.unlisted = True
    root = slack.people.say(slack.ada, slack.general, "question")
    for n in range(20):
        slack.people.say(slack.ada, slack.general, str(n))
        slack.people.say(slack.ada, f"{slack.general}/{root}", str(n))
    page = await slack.client.conversations_history(channel=slack.channel, limit=100)
    assert len(page["messages"]) == 15 and page["has_more"]
    thread = await slack.client.conversations_replies(channel=slack.channel, ts=root)
    assert len(thread["messages"]) == 16 and thread["has_more"]
    for method in ("conversations.history", "conversations.replies"):
        error = await slack.refusal(method, channel=slack.channel, ts=root)
        assert error.response["error"] == "ratelimited"
        assert 1 <= int(error.response.headers["Retry-After"]) <= 60
    await asyncio.sleep(61)
    assert (await slack.client.conversations_history(channel=slack.channel))["ok"]
