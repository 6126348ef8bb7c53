"""What the bot says by itself, as people read it where they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import notices, notices_delivery, notices_pictures
from bot.domain import Author, Edit, ThreadRef, Turn, TurnKind, TurnState
from bot.errors import BackendError, BackendFault, Gone, PlatformRefused
from bot.events import Stage
from bot.turns.parts import file_words
from tests.harness import harness

STATUS = "assistant.threads.setStatus"


def turn_on(platform: str) -> Turn:
    """Return a turn of a thread."""
    return Turn(
        id="t1",
        thread=ThreadRef(platform, "T1", "T1/C1", "T1/C1/1.2"),
        kind=TurnKind.PROMPT,
        source="1.2",
        position=1,
        author=Author("T1/U1", "Ann"),
        state=TurnState.RUNNING,
        attempt=1,
        worker="w",
        received_at=0,
    )


@pytest.mark.virtual
async def test_slack_reads_its_status_behind_the_name_of_the_app(tmp_path: Path) -> None:
    slow = {"DEFAULT_MODEL": "segmind:gpt-5-mini"}
    async with harness(tmp_path, platform="slack", segmind=True, settings=slow) as h:
        await h.ended(h.mention("What is a monad?"))
        sent = [each.request for each in h.standins.history.entries if each.route == STATUS]
        lines = [each["status"] for each in sent if each["status"]]
        assert any(line.startswith("is waiting for the model to write") for line in lines)
        assert all(line.startswith("is ") for line in lines)


@pytest.mark.parametrize(
    "words",
    [
        notices.STATUS,
        notices.STATUS_AGAIN,
        notices.STATUS_RESTARTING,
        notices.READING_FILES,
        notices.READING_THREAD,
        notices.THINKING,
        *map(notices.stage, Stage),
    ],
)
def test_what_is_being_done_goes_on_after_is(words: str) -> None:
    first, *_ = words.replace(";", " ").rstrip("…").split()
    assert first.endswith("ing") and first[0].isupper()
    assert notices.beside(words).startswith(f"is {first.lower()}")


@pytest.mark.parametrize(
    ("fault", "platform", "step"),
    [
        (BackendFault.NO_MODEL, "discord", "Use `/model` to choose another, then press Retry."),
        (BackendFault.NO_MODEL, "slack", "Mention me with `model` to choose another, then"),
        (BackendFault.TOO_LONG, "discord", "Use `/new` to start afresh here, or"),
        (BackendFault.TOO_LONG, "slack", "Mention me with `new` to start afresh here, or"),
    ],
)
def test_a_notice_names_a_command_as_it_works_there(
    fault: BackendFault, platform: str, step: str
) -> None:
    said = notices.backend_failed(turn_on(platform), BackendError(fault))
    assert step in said
    assert "{" not in said


@pytest.mark.parametrize("fault", BackendFault)
def test_every_failure_says_what_it_cost_and_what_to_do(fault: BackendFault) -> None:
    said = notices.backend_failed(turn_on("slack"), BackendError(fault))
    assert notices.NOTHING_CHARGED in said
    assert "server" not in said
    assert "/" not in said


def test_words_with_a_file_read_well_without_markup() -> None:
    turn = replace(turn_on("slack"), answer="x" * 20_345)
    assert file_words(turn) == "The whole answer (20,345 characters) is in this file."
    cut = replace(turn, note=notices.stopped("t1", has_text=True))
    assert "Reference: t1" in file_words(cut)
    assert "`" not in file_words(cut)


def test_what_is_only_shown_again_was_not_charged_when_it_cannot_be() -> None:
    made = replace(turn_on("discord"), answer="**pink**", edit=Edit())
    again = replace(made, edit=Edit(shows=1))
    words = notices_pictures.unpostable(made, PlatformRefused())
    assert "It was made and charged, and Retry only posts it." in words
    words = notices_pictures.unpostable(again, PlatformRefused())
    assert "charged" not in words.replace("Nothing was charged", "")
    assert "Nothing was charged." in words
    assert "The picture was charged" in notices_delivery.undeliverable(made, Gone())
    assert "Nothing was charged." in notices_delivery.undeliverable(again, Gone())


def test_what_is_said_on_both_platforms_names_nobody_whom_one_lacks() -> None:
    """Slack has no moderators, Discord no owner of a workspace."""
    for words in notices.ASIDES.values():
        assert "moderator" not in words and "workspace" not in words, words
