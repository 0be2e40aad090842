"""gigaworks completion: for the shell."""

from __future__ import annotations

import click

from gigaworks.cli.views.screen import Screen


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_obj
def command(screen: Screen, shell: str) -> int:
    r"""Print the completion script for SHELL; it completes sites and the names of what is in them, too.

    \b
    bash   eval "$(gigaworks completion bash)"      in ~/.bashrc
    zsh    eval "$(gigaworks completion zsh)"       in ~/.zshrc
    fish   gigaworks completion fish > ~/.config/fish/completions/gigaworks.fish
    """
    from click.shell_completion import get_completion_class

    from gigaworks.cli.main import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    screen.out.line(kind(cli, {}, "gigaworks", "_GIGAWORKS_COMPLETE").source())
    return 0
