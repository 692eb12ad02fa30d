"""The entry point: the list of subcommands, and how failures become one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError

from sodam import __version__
from sodam.cli.common import EXIT_OK, EXIT_UNUSABLE, CliError
from sodam.settings import SettingsError
from sodam.storage import StorageError

_INTERRUPTED: Final = 130  # what shells give a process that ended by SIGINT


def build() -> App:
    """The command tree. Modules are named as text: starting `serve` does not load what `doctor` needs."""
    app = App(
        name="sodam",
        help="An open, self-hosted instant-messaging server, compatible with Tencent Cloud Chat.",
        version=__version__,
    )
    app.command("sodam.cli.serve:serve", name="serve")
    app.command("sodam.cli.doctor:doctor", name="doctor")
    app.command("sodam.cli.settings:settings", name="settings")
    app.command("sodam.cli.reference:reference", name="reference")
    apps = App(name="app", help="Create and show apps.")
    apps.command("sodam.cli.apps:create", name="create")
    apps.command("sodam.cli.apps:list_", name="list")
    apps.command("sodam.cli.apps:show", name="show")
    app.command(apps)
    usersig = App(name="usersig", help="Make and check UserSigs.")
    usersig.command("sodam.cli.usersig:make", name="make")
    usersig.command("sodam.cli.usersig:check", name="check")
    app.command(usersig)
    account = App(name="account", help="Work with the accounts of an app.")
    account.command("sodam.cli.account_import:import_", name="import")
    app.command(account)
    relations = App(name="relations", help="Check, export and import the relations of an app.")
    relations.command("sodam.cli.relations:check", name="check")
    relations.command("sodam.cli.relations:export", name="export")
    relations.command("sodam.cli.relations:import_", name="import")
    app.command(relations)
    root = App(name="root", help="The console's root account.")
    root.command("sodam.cli.root:password", name="password")
    app.command(root)
    return app


def run(tokens: Sequence[str]) -> int:
    """Run one command line; the exit code. Nothing but a defect leaves as an exception."""
    try:
        result = build()(
            list(tokens), exit_on_error=False, print_error=False, result_action="return_value", help_on_error=False
        )
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
