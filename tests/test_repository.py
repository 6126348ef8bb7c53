"""The repository's own rules: who may import whom, the locks, the two commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import click
import pytest

from bot.__main__ import main
from bot.settings import ROWS

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS: dict[str, dict[str, Any]] = {
    contract["id"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]
}


# --- the import rule ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what the contracts are about."""
    copy = tmp_path_factory.mktemp("tree")
    for folder in ("bot", "adapters", "storage"):
        shutil.copytree(
            ROOT / folder,
            copy / folder,
            ignore=lambda place, names: [
                name
                for name in names
                if name == "__pycache__" or Path(name).suffix not in ("", ".py")
            ],
        )
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def broken(tree: Path) -> set[str]:
    """Run import-linter on a tree and return the ids of the broken contracts."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"],
        cwd=tree,
        env={**os.environ, "COLUMNS": "200", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = {
        id: re.search(
            rf"{re.escape(contract['name'])} (KEPT|BROKEN)", " ".join(done.stdout.split())
        )
        for id, contract in CONTRACTS.items()
    }
    assert all(verdicts.values()), done.stdout + done.stderr
    found = {id for id, verdict in verdicts.items() if verdict and verdict[1] == "BROKEN"}
    assert (done.returncode != 0) == bool(found), done.stdout + done.stderr
    return found


def test_our_tree_keeps_every_contract(tree: Path) -> None:
    assert broken(tree) == set()


VIOLATIONS = [
    ("bot-decides", "bot/offender.py", "import storage"),
    ("bot-decides", "bot/turns/offender.py", "import adapters.web"),
    ("bot-is-pure", "bot/turns/offender.py", "import sqlite3"),
    ("bot-is-pure", "bot/offender.py", "from http import client"),
    ("bot-is-pure", "bot/offender.py", "import prometheus_client"),
    ("bot-is-pure", "bot/offender.py", "import click"),
    ("vocabulary", "adapters/web/offender.py", "from bot.config import Settings"),
    ("vocabulary", "storage/offender.py", "import bot.turns"),
    ("apart", "storage/offender.py", "import adapters.web"),
    ("apart", "adapters/offender.py", "import storage"),
    ("siblings", "adapters/web/offender.py", "import adapters.discord"),
    ("siblings", "adapters/playground/offender.py", "import adapters.backends"),
    ("outside-world", "adapters/playground/offender.py", "from bot.domain import Turn"),
    ("outside-world", "adapters/playground/offender.py", "import storage"),
    ("discord-holder", "adapters/backends/offender.py", "import discord"),
    ("slack-holder", "adapters/discord/offender.py", "import slack_sdk"),
    ("siblings", "adapters/slack/offender.py", "import adapters.discord"),
    ("sql-holder", "adapters/web/offender.py", "import sqlite3"),
    ("http-holder", "storage/offender.py", "import aiohttp"),
    ("http-holder", "adapters/discord/offender.py", "import prometheus_client"),
    ("settings-holder", "storage/offender.py", "import dotenv"),
    ("settings-holder", "adapters/backends/offender.py", "import openai"),
    ("decoder-holder", "adapters/discord/offender.py", "from PIL import Image"),
    ("decoder-holder", "bot/offender.py", "import pypdf"),
]


@pytest.mark.parametrize(("contract", "path", "line"), VIOLATIONS)
def test_a_deliberate_violation_breaks_its_contract(
    tree: Path, contract: str, path: str, line: str
) -> None:
    offender = tree / path
    offender.write_text(f"{line}\n")
    try:
        assert contract in broken(tree)
    finally:
        offender.unlink()


def test_every_contract_is_broken_once_above() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(CONTRACTS)


def test_every_dependency_is_forbidden_to_the_core_or_meant_for_it() -> None:
    declared = {package_name(name) for name in PROJECT["project"]["dependencies"]}
    modules = {
        module
        for module, packages in packages_distributions().items()
        if declared & set(map(package_name, packages)) and not module.startswith("_")
    }
    assert {"discord", "aiohttp", "dotenv"} <= modules
    assert modules - set(CONTRACTS["bot-is-pure"]["forbidden_modules"]) == {"msgspec", "structlog"}


# --- the locks ---------------------------------------------------------------------------


def package_name(requirement: str) -> str:
    """Return the normalised name that a requirement begins with."""
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def pins(name: str) -> dict[str, str]:
    """Return package -> version; every entry must have hashes and nothing else."""
    text = (ROOT / name).read_text()
    assert "//" not in text, f"{name} holds an address"
    entries = re.sub(r" \\\n\s+", " ", text).splitlines()
    pinned: dict[str, str] = {}
    for entry in entries:
        found = re.fullmatch(
            r"([\w.-]+)==(\S+)( ; [^\\]*?)?((?: --hash=sha256:[0-9a-f]{64})+)", entry
        )
        assert found, f"{name}: {entry[:80]}"
        pinned[package_name(found[1])] = found[2]
    return pinned


def test_the_locks_pin_by_hash_without_addresses_and_agree() -> None:
    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert runtime.items() <= development.items()
    asked = PROJECT["project"]["dependencies"]
    assert {package_name(name) for name in asked} <= set(runtime)
    asked = PROJECT["dependency-groups"]["dev"]
    assert {package_name(name) for name in asked} <= set(development)
    assert not {"pytest", "ruff", "mypy", "playwright"} & set(runtime)


# --- the two commands --------------------------------------------------------------------


def make(folder: Path, path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("make") or "make", *arguments],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Make a machine with nothing but a shell's tools, and our Makefile."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "cksum", "tr", "awk", "rm", "touch", "mkdir"):
        found = shutil.which(tool)
        assert found
        (tools / tool).symlink_to(found)
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def put_python(bare: Path, name: str, script: str) -> None:
    path = bare / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


BROKEN_SHIM = "echo 'pyenv: command not found' >&2; exit 127"
WITHOUT_VENV = f'case "$*" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"'
TOO_OLD = 'case "$*" in *version_info*) exit 1;; esac; exit 0'


def test_without_python_the_one_line_that_installs_it_is_printed(bare: Path) -> None:
    put_python(bare, "python3.13", BROKEN_SHIM)
    put_python(bare, "python3", TOO_OLD)
    done = make(bare, str(bare / "bin"), "run")
    assert done.returncode != 0
    assert "sudo apt-get install -y python3 python3-venv" in done.stderr


def test_without_venv_the_one_line_that_installs_it_is_printed(bare: Path) -> None:
    put_python(bare, "python3", WITHOUT_VENV)
    done = make(bare, str(bare / "bin"), "run")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert done.returncode != 0
    assert f"sudo apt-get install -y {version}-venv" in done.stderr


def test_a_shim_that_fails_is_passed_over_and_the_second_run_installs_nothing(bare: Path) -> None:
    put_python(bare, "python3.13", BROKEN_SHIM)
    # Stands for the environment: notes what it is asked and installs nothing.
    noting = bare / "noting"
    noting.write_text(f'#!/bin/sh\necho "$*" >> {bare}/asked\n')
    noting.chmod(0o755)
    put_python(
        bare,
        "python3.12",
        f'case "$*" in *"-m venv"*) mkdir -p .venv/bin; ln -s {noting} .venv/bin/python;; esac',
    )
    (bare / "bin" / "ln").symlink_to(shutil.which("ln") or "ln")
    done = make(bare, str(bare / "bin"), "run")
    assert done.returncode == 0, done.stderr
    asked = (bare / "asked").read_text().splitlines()
    assert [line for line in asked if "install" in line] == [
        "-m pip install --quiet --disable-pip-version-check --no-input --require-hashes"
        " -r requirements.lock"
    ]
    assert asked[-1] == "-m bot"
    (bare / "asked").unlink()
    assert make(bare, str(bare / "bin"), "run").returncode == 0
    assert (bare / "asked").read_text().splitlines() == ["-m bot"]
    # A changed lock is noticed by its content.
    with (bare / "requirements.lock").open("a") as lock:
        lock.write("\n")
    assert make(bare, str(bare / "bin"), "run").returncode == 0
    assert "-r requirements.lock" in (bare / "asked").read_text()


def test_make_alone_lists_the_targets() -> None:
    done = make(ROOT, os.environ["PATH"])
    for target in ("run", "test", "lint", "chaos", "bench"):
        assert f"make {target} " in done.stdout


def test_every_command_that_the_readme_names_is_there() -> None:
    readme = (ROOT / "README.md").read_text() + (ROOT / "CHANGELOG.md").read_text()
    named = set(re.findall(r"python -m bot((?: [a-z]+)+)", readme))
    assert {" health", " links", " config show"} <= named
    for words in named:
        command: click.Command = main
        for word in words.split():
            if not isinstance(command, click.Group):
                assert any(isinstance(each, click.Argument) for each in command.params), words
                break
            assert word in command.commands, words
            command = command.commands[word]
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for pair in re.findall(r"(?m)^make ([a-z]+)|`make ([a-z]+)", readme):
        assert "".join(pair) in targets
    for target, option in re.findall(r"make ([a-z]+) ARGS=\"(--[a-z-]+)\"", readme):
        assert f'"{option}"' in (ROOT / "tests" / target / "__main__.py").read_text()


# --- the container -----------------------------------------------------------------------


def test_no_secret_and_no_data_reach_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".env.*", "data", ".git", ".venv"} <= set(ignored)


@pytest.mark.parametrize(("name", "port"), [("HTTP_PORT", "8081"), ("PLAYGROUND_PORT", "8080")])
def test_compose_publishes_the_ports_that_are_set(name: str, port: str) -> None:
    compose = (ROOT / "compose.yaml").read_text()
    assert ROWS[name].default == port
    chosen = f"${{{name}:-{port}}}"
    # Inside and outside alike, from .env or the shell, and to this machine only.
    assert f"      - 127.0.0.1:{chosen}:{chosen}\n" in compose
    assert f"      {name}: {chosen}\n" in compose
    published = re.findall(r"^      - (\S+:\S+)$", compose, re.MULTILINE)
    assert [one for one in published if one.startswith("127.0.0.1:") and "${" not in one] == []


def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
