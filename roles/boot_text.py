"""Shell text that tells which boot loader starts a node's kernel, for facts and for checks alike."""

from __future__ import annotations

LOADER = (
    "if [ -d /etc/default/grub.d ] || [ -f /etc/default/grub ]; then echo grub; "
    "elif [ -f /boot/extlinux/extlinux.conf ] && command -v u-boot-update >/dev/null; then echo extlinux; "
    "elif ls -d /boot/loader/entries /efi/loader/entries /boot/efi/loader/entries >/dev/null 2>&1; "
    "then echo systemd-boot; else echo none; fi"
)
NO_LOADER = (
    "kernel command line: the node has no boot loader that can be set (GRUB, u-boot-menu, systemd-boot): "
    "its kernel is started from elsewhere"
)
