"""What is made from the table of settings, and compared with it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from bot import settings
from bot.config import Settings
from bot.shown import show
from tests.configured import REAL, ROOT


def test_settings_have_exactly_the_rows_of_the_table() -> None:
    fields = {field.name.upper() for field in dataclasses.fields(Settings)}
    assert fields - {"SOURCES", "WARNINGS"} == set(settings.ROWS)


def test_every_default_and_example_is_accepted_by_its_own_parser() -> None:
    for row in settings.ROWS.values():
        for text in (row.default, row.example):
            if text:
                row.parse(text)


def test_a_group_is_told_by_the_beginning_of_its_names() -> None:
    for group in settings.TABLE:
        if group.prefix:
            begun = [row for row in settings.ROWS.values() if row.name.startswith(group.prefix)]
            assert tuple(begun) == group.rows


def test_what_is_shown_is_what_a_person_would_write() -> None:
    written = {
        **REAL,
        "OPENAI_COMPATIBLE_BASE_URL": "http://127.0.0.1:11434/v1",
        "OPENAI_COMPATIBLE_MODELS": "llama3.2:3b:128000:4096,b",
        "ADMIN_IDS": "discord:1,slack:T061EG9R6/U061F7AUR",
        "DATABASE_URL": "sqlite:////srv/x.db",
        "SYSTEM_PROMPT": "One.\\nTwo\x1b[31m.",
    }
    loaded = Settings.load(written)
    lines = show(loaded).splitlines()
    assert len(lines) == len(settings.ROWS)
    shown = {line.split("=")[0]: line.partition("=")[2].rpartition("  (")[0] for line in lines}
    for name, row in settings.ROWS.items():
        if row.secret:
            assert shown[name] in ("", "***")
        elif name != "SYSTEM_PROMPT":
            assert shown[name] == written.get(name, row.default), name
    assert shown["SYSTEM_PROMPT"] == "One.\\nTwo\\x1b[31m."


def test_the_example_file_is_the_table() -> None:
    assert (ROOT / ".env.example").read_text() == settings.example()


def test_the_example_file_changes_nothing_as_it_is_and_reads_well_uncommented(
    tmp_path: Path,
) -> None:
    env = tmp_path / ".env"
    env.write_text(settings.example())
    assert set(Settings.load({}, env).sources.values()) == {"default"}
    lines = settings.example().splitlines()
    rows = {line.split("=")[0][1:]: line[1:] for line in lines if line[1:2].isupper()}
    assert set(rows) == set(settings.ROWS)
    env.write_text("\n".join(text for text in rows.values() if not text.endswith("=")))
    loaded = Settings.load({}, env)
    assert loaded.system_prompt == Settings.load({}).system_prompt


def test_the_readme_has_the_table() -> None:
    assert settings.markdown_table() in (ROOT / "README.md").read_text()
