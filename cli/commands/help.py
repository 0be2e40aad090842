"""gigaworks help: a command, or one of three topics."""

from __future__ import annotations

import inspect

import click

from gigaworks.cli.views.screen import Screen

TOPICS = {
    "exit-codes": """
        Exit codes

        0    done, or nothing to do
        1    failed
        2    something would change or has drifted (only with --detailed-exitcode)
        3    applied in part; gigaworks apply --resume carries on
        4    not authorised: a password, key or certificate was refused
        5    refused by a law or a policy
        6    locked: another run is changing the site
        64   wrong use of the command line
        130  interrupted
        """,
    "environment": """
        Environment variables

        NO_COLOR              not empty: no colour anywhere
        FORCE_COLOR           not empty and not 0: colour even where the output is no terminal
        TERM=dumb             no colour, nothing is redrawn in place
        CI                    set: one line an event, nobody is asked
        COLUMNS               the width to write for
        XDG_CACHE_HOME        where the engine and the machines' trees are kept (~/.cache)
        GIGAWORKS_<VERB>_<OPTION>
                              the value of any option: GIGAWORKS_PLAN_REFRESH=1 is `gigaworks plan --refresh`

        Who acted is read for the ledger from SUDO_UID, git, and the variables of GitHub Actions, GitLab CI, Jenkins.
        """,
    "formatting": """
        Formats

        Data goes to stdout, talk to stderr. + creates, ~ changes, - deletes, ! failed: the signs mean it, colour only
        repeats it.

        --json                commands that answer at once (check, capacity, what-if, status, show, diff, audit, doctor,
                              version): one document with "schema". Runs (plan, apply, drift, destroy): one object a
                              line with type, sequence, at, subject, message, data; the first is
                              {"type":"version","schema":"1.0"}.
        --json-into FILE      the same lines into a file, beside what the screen shows
        --report FORMAT=FILE  junit, sarif, markdown, where they make sense; may be given several times

        A plan file is JSON: {"sha256": ..., "plan": {...}}, the names as in OpenTofu's plan where they mean the same.
        """,
}


@click.command("help")
@click.argument("topic", required=False)
@click.pass_context
def command(context: click.Context, topic: str | None) -> int:
    """Explain a TOPIC (exit-codes, environment, formatting) or a command."""
    from gigaworks.cli.main import cli

    screen: Screen = context.obj
    parent = context.parent or context
    if topic is None:
        screen.out.line(cli.get_help(parent))
    elif topic in TOPICS:
        screen.out.line(inspect.cleandoc(TOPICS[topic]))
    else:
        verb = cli.get_command(parent, topic)
        if verb is None:
            raise click.UsageError(f"There is no help on {topic!r}. Topics: {', '.join(TOPICS)}; or name a command.")
        screen.out.line(verb.get_help(click.Context(verb, info_name=topic, parent=parent)))
    return 0
