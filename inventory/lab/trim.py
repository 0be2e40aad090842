"""What makes a Debian tree small, and fit for a machine made of namespaces."""

from __future__ import annotations

import shutil
from pathlib import Path

from gigaworks.inventory.lab.packages import Recipe

_NEVER = (  # documentation, languages, character sets; Perl's modules, which only lldpd's libraries bring along
    "usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian", "usr/share/bug",
    "usr/share/perl", "usr/lib/*/perl", "usr/share/snmp", "usr/lib/udev", "usr/lib/*/gconv", "usr/sbin/*xfs*",
)  # fmt: skip
_PYTHON = ("usr/lib/python3*", "usr/share/python3", "usr/bin/py*3*", "usr/lib/*/glusterfs/python",
           "usr/lib/*/glusterfs/gsyncd")  # fmt: skip # glusterd does not start where gsyncd is there and Python is not
_LEFTOVERS = (
    "var/lib/apt/lists/*", "var/cache/*/*", "var/lib/dpkg/*-old", "var/log/*.log", "var/log/apt", "etc/machine-id",
    "etc/apt/apt.conf.d/99mmdebstrap", "etc/hostname", "etc/resolv.conf", "etc/ssh/ssh_host_*", "dev/*",
    "etc/rc[0-6S].d/[SK]??hwclock.sh",
)  # fmt: skip
# Compiling Python that is not there, and a bundle of certificates that is made below, minutes under emulation.
_SILENT = ("python3*", "libpython3*", "ca-certificates")
# What these do was done before init started, or belongs to the computer: the root, /proc, /dev, /run, modules.
_DONE = (
    "cron", "brightness", "checkfs.sh", "checkroot-bootclean.sh", "checkroot.sh", "hwclock.sh", "kmod",
    "mount-configfs", "mountall-bootclean.sh", "mountall.sh", "mountdevsubfs.sh", "mountkernfs.sh",
    "mountnfs-bootclean.sh", "mountnfs.sh", "udev", "umountfs", "umountnfs.sh", "umountroot", "urandom", "rc.local",
    "bootlogs",
)  # fmt: skip
_INITTAB = """\
# Made by Gigaworks: the console is a log, nobody logs in there; the power button is SIGPWR.
id:2:initdefault:
si::sysinit:/etc/init.d/rcS
~~:S:wait:/bin/sh -c 'echo single user mode; sleep infinity'
l0:0:wait:/etc/init.d/rc 0
l1:1:wait:/etc/init.d/rc 1
l2:2:wait:/etc/init.d/rc 2
l6:6:wait:/etc/init.d/rc 6
pf::powerwait:/sbin/shutdown -h -P now
"""
# Debian's glusterfs-server and frr have systemd units only.
_GLUSTERD = """\
#!/bin/sh
### BEGIN INIT INFO
# Provides:          glusterd
# Required-Start:    $network $remote_fs
# Required-Stop:     $network $remote_fs
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: GlusterFS management daemon
### END INIT INFO
. /lib/lsb/init-functions
daemon=/usr/sbin/glusterd pidfile=/run/glusterd.pid
case "$1" in
    start) start-stop-daemon --start --quiet --oknodo --pidfile $pidfile --exec $daemon -- -p $pidfile ;;
    stop) start-stop-daemon --stop --quiet --oknodo --retry 10 --pidfile $pidfile --exec $daemon ;;
    restart|force-reload) "$0" stop; "$0" start ;;
    status) status_of_proc -p $pidfile $daemon glusterd ;;
    *) echo "usage: $0 start|stop|restart|status"; exit 2 ;;
esac
"""
_FRR = """\
#!/bin/sh
### BEGIN INIT INFO
# Provides:          frr
# Required-Start:    $network $remote_fs
# Required-Stop:     $network $remote_fs
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: FRRouting
### END INIT INFO
exec /usr/lib/frr/frrinit.sh "$@"
"""
_LLDPD = "configure lldp portidsubtype ifname\nconfigure lldp tx-interval 5\nconfigure lldp tx-hold 3\n"
_FORWARDING = "net.ipv4.ip_forward = 1\nnet.ipv4.fib_multipath_hash_policy = 1\n"


def dpkg_options(recipe: Recipe) -> list[str]:
    """Return the options by which dpkg does not even unpack what nobody wants."""
    unwanted = _NEVER if "python3" in recipe.packages else _NEVER + _PYTHON
    return [f"--path-exclude=/{path}{below}" for path in unwanted for below in ("", "/*")]


def silence_scripts(root: Path, recipe: Recipe) -> None:
    """Take out the maintainer scripts that only prepare what was left out or is made in ``finish``."""
    for pattern in _SILENT:
        if "python3" in recipe.packages and "python" in pattern:
            continue
        for script in (root / "var/lib/dpkg/info").glob(f"{pattern}.postinst"):
            script.write_text("#!/bin/sh\nexit 0\n")


def add_services(root: Path, recipe: Recipe) -> list[str]:
    """Write the init scripts that packages lack; return the services that start with the machine."""
    if "glusterfs-server" in recipe.packages:
        _init_script(root, "glusterd", _GLUSTERD)
    if "frr" in recipe.packages:
        _init_script(root, "frr", _FRR)
        return ["frr"]
    return []


def finish(root: Path, recipe: Recipe) -> None:
    """Trim the installed tree, take every identity out of it and fit its start-up to namespaces."""
    unwanted = _NEVER if "python3" in recipe.packages else _NEVER + _PYTHON
    for pattern in (*unwanted, *_LEFTOVERS):
        for path in root.glob(pattern):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    (root / "etc/machine-id").touch()
    _certificates(root)
    (root / "etc/inittab").write_text(_INITTAB)
    for name in _DONE:
        _neutralise(root / "etc/init.d" / name)
    (root / "etc/lldpd.d/gigaworks.conf").write_text(_LLDPD)
    if (root / "etc/default/chrony").exists():  # a lab node must not set the computer's clock
        (root / "etc/default/chrony").write_text('DAEMON_OPTS="-F 1 -x"\n')
    if "frr" in recipe.packages:
        daemons = root / "etc/frr/daemons"
        daemons.write_text(daemons.read_text().replace("bgpd=no", "bgpd=yes"))
        (root / "etc/sysctl.d/forwarding.conf").write_text(_FORWARDING)


def _certificates(root: Path) -> None:
    authorities = sorted((root / "usr/share/ca-certificates").rglob("*.crt"))
    if authorities:
        bundle = root / "etc/ssl/certs/ca-certificates.crt"
        bundle.parent.mkdir(parents=True, exist_ok=True)
        bundle.write_bytes(b"".join(file.read_bytes() for file in authorities))


def _init_script(root: Path, name: str, text: str) -> None:
    (root / "etc/init.d" / name).write_text(text)
    (root / "etc/init.d" / name).chmod(0o755)


def _neutralise(script: Path) -> None:
    """Leave an init script's header, by which others order themselves, and nothing to do."""
    if script.exists():
        header, end, _ = script.read_text().partition("### END INIT INFO\n")
        script.write_text(f"{header}{end}exit 0\n")
