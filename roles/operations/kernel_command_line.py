"""Words on the kernel command line, whichever boot loader the node has."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyinfra import host
from pyinfra.operations import server

from gigaworks.roles.boot_text import NO_LOADER
from gigaworks.roles.facts.boot_loader import BootLoader, Kind
from gigaworks.roles.operations import noted
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import when_changed


def kernel_command_line(owner: str, words: list[str]) -> None:
    """Call the operations that keep ``words`` for every start, and note a restart where the kernel runs without them.

    GRUB and u-boot-menu take a file each role owns; systemd-boot has one line for everybody, which is laid over.

    + owner: the role that wants them
    + words: as the kernel reads them, e.g. ``iommu=pt``
    """

    def loader_is(kind: Kind) -> Callable[[], bool]:
        return lambda: host.get_fact(BootLoader).loader == kind

    boot = host.get_fact(BootLoader)
    if not boot.loader:
        noted.left_out(NO_LOADER)
    elif missing := [word for word in words if word not in boot.running]:
        noted.restart_needed(f"kernel command line: {' '.join(missing)}")
    grub = rendered_file(
        name="Kernel command line (GRUB)",
        path=f"/etc/default/grub.d/90-gigaworks-{owner}.cfg",
        content=f'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX {" ".join(words)}"\n',
        judge="sh -n {}",
        _if=loader_is("grub"),
    )
    server.shell(name="Boot loader menu (GRUB)", commands=["update-grub"], _if=[loader_is("grub"), when_changed(grub)])
    extlinux = rendered_file(
        name="Kernel command line (extlinux)",
        path=f"/etc/u-boot-menu/conf.d/90-gigaworks-{owner}.conf",
        content=f'U_BOOT_PARAMETERS="${{U_BOOT_PARAMETERS:-ro quiet}} {" ".join(words)}"\n',
        judge="sh -n {}",
        _if=loader_is("extlinux"),
    )
    server.shell(
        name="Boot loader menu (extlinux)",
        commands=["u-boot-update"],
        _if=[loader_is("extlinux"), when_changed(extlinux)],
    )
    entry = rendered_file(
        name="Kernel command line (systemd-boot)",
        path="/etc/kernel/cmdline",
        content=" ".join(laid_over(boot.kept or boot.running, words)) + "\n",
        _if=loader_is("systemd-boot"),
    )
    server.shell(
        name="Boot loader entries (systemd-boot)",
        commands=["kernel-install add-all"],
        _if=[loader_is("systemd-boot"), when_changed(entry)],
    )


def laid_over(old: Iterable[str], words: list[str]) -> list[str]:
    """Return the old words with the new ones instead of those of the same name; what the loader itself adds goes.

    A name that the new words have several times (``hugepagesz``, ``console``) keeps all of them, in their order.
    """
    names = {word.partition("=")[0] for word in words}
    kept = [word for word in old if word.partition("=")[0] not in {*names, "initrd", "BOOT_IMAGE"}]
    return [*kept, *words]
