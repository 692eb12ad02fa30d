"""The entry point: the list of subcommands, and how failures become one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any, Final

from cyclopts import App, CycloptsError

from sodam import __version__
from sodam.cli.common import EXIT_OK, EXIT_UNUSABLE, CliError
from sodam.settings import SettingsError
from sodam.storage import StorageError

_INTERRUPTED: Final = 130  # what shells give a process that ended by SIGINT


_HELP: Final = ("--help", "-h")
_COMMANDS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "": (
        "An open, self-hosted instant-messaging server, compatible with Tencent Cloud Chat.",
        (
            "serve:serve",
            "doctor:doctor",
            "listen:listen",
            "settings:settings",
            "reference:reference",
            "transfer:export",
            "transfer:import_",
            "backup:backup",
            "backup:restore",
            "migrate:migrate",
        ),
    ),
    "app": ("Create and show apps.", ("apps:create", "apps:list_", "apps:show", "apps:apply", "apps:dump")),
    "usersig": ("Make and check UserSigs.", ("usersig:make", "usersig:check", "usersig:map_key")),
    "account": ("Work with the accounts of an app.", ("account_import:import_",)),
    "relations": (
        "Check, export and import the relations of an app.",
        ("relations:check", "relations:export", "relations:import_"),
    ),
    "search": ("The search index.", ("search:rebuild",)),
    "dev": ("Work with a server in development mode.", ("dev:clock",)),
    "root": ("The console's root account.", ("root:password",)),
}
"""Every command, as module and function in ``sodam.cli``, by the word before it, in the order of the help page."""


def build(*, described: bool = False) -> App:
    """The command tree. Modules are named as text: starting `serve` does not load what `doctor` needs.

    ``described``: load them all, for a help page that says what each command is for.
    """
    made: dict[str, App] = {}
    place = 0
    for word, (about, commands) in _COMMANDS.items():
        app = App(name=word or "sodam", help=about, sort_key=place)
        app.version = __version__
        made[word] = app
        for path in commands:
            place += 1
            module, _, function = path.partition(":")
            target: Any = f"sodam.cli.{path}"
            if described:
                target = getattr(import_module(f"sodam.cli.{module}"), function)
            app.command(target, name=function.rstrip("_"), sort_key=place)
        if word:
            made[""].command(app)
        place += 1
    return made[""]


def _shows_help(tokens: Sequence[str]) -> bool:
    """Whether a help page comes of it: asked for, or by a word that other words must follow."""
    return any(word in tokens for word in _HELP) or " ".join(tokens) in _COMMANDS


def run(tokens: Sequence[str]) -> int:
    """Run one command line; the exit code. Nothing but a defect leaves as an exception."""
    return finish(
        lambda: build(described=_shows_help(tokens))(
            list(tokens), exit_on_error=False, print_error=False, result_action="return_value", help_on_error=False
        )
    )


def read(tokens: Sequence[str]) -> Callable[[], object]:
    """A command line's command with its arguments, to be run later, as often as wanted. Raises CycloptsError."""
    command, bound, _ = build().parse_args(list(tokens), exit_on_error=False, print_error=False, help_on_error=False)
    return partial(command, *bound.args, **bound.kwargs)


def finish(command: Callable[[], object]) -> int:
    """Run a command; the exit code."""
    try:
        result = command()
    except (CliError, SettingsError, StorageError) as error:
        return _refuse(str(error))
    except CycloptsError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left (`sodam app list | head -1`). Keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    return result if isinstance(result, int) else EXIT_OK


def _refuse(text: str) -> int:
    print("sodam: " + " ".join(text.split()), file=sys.stderr)
    return EXIT_UNUSABLE


def main() -> None:
    sys.exit(run(sys.argv[1:]))
