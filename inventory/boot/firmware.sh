#!/bin/busybox sh
# Plays a node's firmware where the machine has none of its own: UEFI HTTP boot, as RFC 5970 clients do it.
# Runs as PID 1 of the machine's namespaces with /bin/busybox (static, of the machine's architecture), /proc, /sys
# and /dev mounted and the disk at /disk. Everything it prints goes to the console.
#   exit 10   the boot file asks for the next boot entry: start from disk
#   reboot(2), power off(2) by the boot file end the namespace with SIGHUP, SIGINT
set -u
export PATH=/sbin:/bin:/usr/sbin:/usr/bin
[ -e /bin/wget ] || /bin/busybox --install -s /bin
say() { echo "lab firmware (simulated): $*"; }

case $(uname -m) in
    x86_64) number=00016 ;;
    aarch64) number=00019 ;;
    riscv64) number=00028 ;;
    *) say "no HTTP boot class for $(uname -m)"; exit 1 ;;
esac

mkdir -p /tmp
cat >/tmp/lease <<'X'
#!/bin/busybox sh
[ "$1" = bound ] || exit 0
# an answer without option 60 = HTTPClient is not for HTTP boot: real firmware drops it, and so do we
[ "${vendor:-}" = HTTPClient ] || exit 0
ip addr flush dev "$interface"
ip addr add "$ip/$mask" dev "$interface"
[ -n "${router:-}" ] && ip route replace default via "${router%% *}"
echo "${bootfile:-${boot_file:-}}" >/tmp/url
X
chmod 755 /tmp/lease

ip link set lo up
say "$(uname -m), HTTP boot from eth0 $(cat /sys/class/net/eth0/address 2>/dev/null)"
while :; do
    rm -f /tmp/url /tmp/boot
    ip link set eth0 up
    udhcpc -q -f -n -t 10 -T 1 -i eth0 -s /tmp/lease -V "HTTPClient:Arch:$number" -O 60 -O bootfile >/tmp/dhcp 2>&1
    if ! [ -s /tmp/url ]; then
        say "no lease for HTTP boot; trying again"
    elif ! timeout 60 wget -q -O /tmp/boot "$(cat /tmp/url)" 2>/tmp/error; then
        say "$(cat /tmp/url): $(tail -n 1 /tmp/error); trying again"
    else
        say "starting $(cat /tmp/url)"
        /bin/busybox sh /tmp/boot
        status=$?
        [ "$status" = 10 ] && { say "next boot entry: disk"; exit 10; }
        say "boot file ended with $status; trying again"
    fi
    sleep 3
done
