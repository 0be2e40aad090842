"""The group, the exit codes, and the one place where trouble becomes words. Verbs are imported when used."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gigaworks.cli.views.screen import Screen

# verb → what it does, in the order of the help page; the code of each stands in commands/<verb>.py
VERBS: dict[str, dict[str, str]] = {
    "Declare": {
        "init": "Start a site folder from a template",
        "check": "Load and design a site, and check it against the laws",
        "fmt": "Write site files in the one form",
        "schema": "Print what a site file may say, as JSON Schema",
        "explain": "Explain a law, a role, or why something is in a plan",
    },
    "Change": {
        "plan": "Show what would change, and save it",
        "apply": "Do exactly what a plan says",
        "pause": "Let a running apply finish its wave and begin no other",
        "drift": "Find what is not as declared; change nothing",
        "destroy": "Take a site down",
        "unlock": "Remove the lease of a run that is gone",
    },
    "Look": {
        "status": "Where every stack and node stands",
        "capacity": "How many more racks fit, and what stops the next one",
        "what-if": "What goes down when something is lost",
        "show": "Show a node, rack, hall, switch, or the whole of one kind",
        "evidence": "What was measured on nodes, and which are slower than their like",
        "diff": "Compare two plans, dates or git revisions",
        "audit": "Read the ledger, or prove that nobody changed it",
        "report": "Write one HTML file with everything",
        "export": "Write files for NetBox, Prometheus, Ansible, pyinfra; cable schedule, bill of materials",
    },
    "Machines": {
        "lab": "A site's machines on this computer",
        "node": "Console or shell of a node",
        "boot": "The boot services: DHCP and HTTP",
        "engine": "The Pulumi engine: install it, or run it on a site's state",
    },
    "Tool": {
        "doctor": "What is there, what is missing, and how to get it",
        "version": "Versions of Gigaworks and its formats",
        "completion": "Completion for bash, zsh or fish",
        "help": "Topics: exit-codes, environment, formatting",
    },
}


class LazyGroup(click.Group):
    """A group that knows its verbs by name and imports only the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        """Return the verbs in the order of the help page."""
        return [verb for section in VERBS.values() for verb in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb's file and return its command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"gigaworks.cli.commands.{cmd_name.replace('-', '_')}").command
        if command.help:  # a docstring with a backslash is a raw one: click's mark for lines to keep is none in it
            command.help = command.help.replace("\\b\n", "\b\n")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the verbs with their one line each, without importing any."""
        for title, verbs in VERBS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{verb:10}", text) for verb, text in verbs.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; one that does not exist gets the nearest name."""
        if args and args[0] not in self.list_commands(ctx) and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean {near[0]!r}?" if near else " `gigaworks --help` lists them."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="gigaworks", message="%(prog)s %(version)s")
def cli() -> None:
    """One declared site becomes a running, proven AI cluster.

    SITE is a folder with a site.yaml; left out, it is the current folder.
    """


def run(arguments: list[str] | None = None, screen: Screen | None = None) -> int:
    """Run one command line and return its exit code; trouble has been shown by then.

    Args:
        arguments: without the program's name; None takes the process's own.
        screen: where to write; None is the process's own stdout and stderr.

    """
    from gigaworks.cli.views.screen import Screen

    screen = screen or Screen.of_process()
    try:
        code: Any = cli.main(
            args=arguments,
            prog_name="gigaworks",
            standalone_mode=False,
            auto_envvar_prefix="GIGAWORKS",
            obj=screen,
            color=screen.out.colour,
        )
    except click.UsageError as error:
        error.show(screen.err.file)
        return 64
    except click.ClickException as error:
        error.show(screen.err.file)
        return 1
    except (click.Abort, KeyboardInterrupt):
        screen.err.line("interrupted")
        return 130
    except Exception as error:
        from gigaworks.cli.views.problems import show_failure

        return show_failure(error, screen.err)
    finally:
        screen.flush()
    return code if isinstance(code, int) else 0


def main() -> None:
    """Be the program ``gigaworks``."""
    gc.set_threshold(100_000, 50, 100)  # a large site is millions of objects that live until the end
    sys.exit(run())


if __name__ == "__main__":
    main()
