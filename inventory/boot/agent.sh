#!/bin/busybox sh
# The install agent. A node's firmware fetches it from the boot services and runs it; busybox is all it needs.
# It tells what the machine consists of, asks what to do, and installs: fetch, verify, unpack beside the old root,
# seed, make the host key here on the node, and only then rename and write the mark that makes the disk bootable.
#   exit 10   nothing to install: go on to the next boot entry, the disk
#   otherwise the machine reboots (installed) or powers off (failed, refused); the cause was reported
# The disk is a mounted folder: /disk/root is the system, /disk/installed the mark (it holds the order's name).
set -u
server='@SERVER@'
disk=/disk
tmp=/tmp/agent
tries=30       # of one request, and of one download that makes no progress
pause=2        # seconds between tries
stalled=30     # seconds without a byte after which a download is begun again where it stopped
token=

say() { echo "install agent: $*"; }

value() { sed -n "s/^$1=//p" "$tmp/answer" | head -n 1; }

cause() { tail -n 1 "$1" 2>/dev/null | tr -d '\r' | cut -c 1-300; }

# post PATH FILE: the answer lands in $tmp/answer. Away is tried again, a refusal (4xx) is not.
post() {
    try=1
    until timeout 20 wget -q -O "$tmp/answer" --post-file "$2" "$server$1" 2>"$tmp/error"; do
        grep -q 'error: HTTP/1.[01] 4' "$tmp/error" && return 1
        [ "$try" -ge "$tries" ] && return 1
        say "$server$1: $(cause "$tmp/error"); try $try of $tries"
        try=$((try + 1))
        sleep "$pause"
    done
}

# report STAGE [KEY=VALUE]…
report() {
    { echo "token=$token"; echo "stage=$1"; shift; for line; do echo "$line"; done; } >"$tmp/report"
    post /v1/report "$tmp/report" || { say "report refused: $(cause "$tmp/error")"; return 1; }
}

off() { sync; poweroff -f; sleep 60; exit 1; }

fail() {
    say "failed: $*"
    tries=5
    [ -n "$token" ] && report failed "error=$*"
    off
}

# A report that is refused means that this installation is no longer wanted.
stage() { say "$*"; report "$@" || fail "a report was not taken: $(cause "$tmp/error")"; }

inventory() {
    macs=
    for link in /sys/class/net/*; do
        [ -e "$link/address" ] && [ "${link##*/}" != lo ] && macs="$macs $(cat "$link/address")"
    done
    echo "mac=$(cat "/sys/class/net/$interface/address")"
    echo "macs=${macs# }"
    echo "arch=$(uname -m)"
    echo "kernel=$(uname -r)"
    echo "cpus=$(nproc)"
    echo "memory_kib=$(awk '/^MemTotal:/ {print $2}' /proc/meminfo)"
    [ -d "$disk" ] && df -k "$disk" | awk 'END {print "disk_kib=" $(NF-4); print "disk_free_kib=" $(NF-2)}'
    echo "installed=$(cat "$disk/installed" 2>/dev/null)"
}

blocks() {
    for block in /sys/class/block/*; do
        [ -e "$block/device" ] && echo "${block##*/} $(($(cat "$block/size") / 2048)) MiB"
    done | tr '\n' ' '
}

bytes() { stat -c %s "$1" 2>/dev/null || echo 0; }

# fetch FILE: download the image with progress, go on where it stopped
fetch() {
    failed=0
    shown=0
    until [ "$(bytes "$1")" -ge "$size" ]; do
        before=$(bytes "$1")
        last=$before
        quiet=0
        wget -q -c -O "$1" "$server/images/$image" 2>"$tmp/loading" &
        loader=$!
        while kill -0 "$loader" 2>/dev/null; do
            sleep 1
            now=$(bytes "$1")
            quiet=$((quiet + 1))
            [ "$now" -gt "$last" ] && quiet=0
            last=$now
            [ "$quiet" -ge "$stalled" ] && kill "$loader" 2>/dev/null
            percent=$((now * 100 / size))
            if [ "$percent" -ge $((shown + 10)) ]; then
                shown=$percent
                stage fetching "percent=$percent"
            fi
        done
        wait "$loader" && break
        grep -qi 'no space' "$tmp/loading" && fail "disk full while fetching the image: $(cause "$tmp/loading")"
        [ "$(bytes "$1")" -gt "$before" ] && failed=0
        failed=$((failed + 1))
        [ "$failed" -ge "$tries" ] && fail "image cannot be fetched: $(cause "$tmp/loading")"
        say "$server/images/$image: $(cause "$tmp/loading"); try $failed of $tries"
        sleep "$pause"
    done
}

# unpack WHAT TAR: into the new root; tar's words alone do not tell a full disk from a broken tar
unpack() {
    tar -x -p -f "$2" -C "$disk/root.new" 2>"$tmp/error" && return
    fail "$1 cannot be unpacked: $(head -n 1 "$tmp/error") ($(df -k "$disk" | awk 'END {print $(NF-2)}') KiB and" \
        "$(df -i "$disk" | awk 'END {print $(NF-2)}') inodes are free)"
}

install() {
    token=$(value token) order=$(value order) image=$(value image) sha256=$(value sha256) size=$(value size)
    [ -d "$disk" ] || fail "no disk is mounted at $disk, and this agent cannot partition one: $(blocks)"
    need=$((size / 512 + 65536))    # KiB: the tar, the unpacked root and 64 MiB of air
    rm -rf "$disk/root.new"
    for file in "$disk"/*.tar; do
        [ "$file" = "$disk/$image" ] || rm -f "$file"
    done
    free=$(df -k "$disk" | awk 'END {print $(NF-2)}')
    free=$((free + $(bytes "$disk/$image") / 1024))
    [ "$free" -lt "$need" ] && fail "disk full: $((need / 1024)) MiB are needed, $((free / 1024)) MiB are free on $disk"

    stage fetching percent=0
    attempt=1
    while :; do
        fetch "$disk/$image"
        stage verifying
        found=$(sha256sum "$disk/$image" | cut -d ' ' -f 1)
        [ "$found" = "$sha256" ] && break
        rm -f "$disk/$image"
        [ "$attempt" -ge 2 ] && fail "digest mismatch of $image: expected $sha256, fetched $found"
        attempt=$((attempt + 1))
        say "digest mismatch of $image; fetching it once more"
        stage fetching percent=0
    done

    stage unpacking
    rm -f "$disk/installed"
    mkdir -p "$disk/root.new"
    unpack image "$disk/$image"
    rm -f "$disk/$image"

    stage seeding
    # what makes a node itself never comes from the image
    rm -f "$disk/root.new"/etc/ssh/ssh_host_*
    [ -e "$disk/root.new/etc/machine-id" ] && : >"$disk/root.new/etc/machine-id"
    echo "token=$token" >"$tmp/seed"
    post /v1/seed "$tmp/seed" || fail "seed refused: $(cause "$tmp/error")"
    unpack seed "$tmp/answer"
    mkdir -p "$disk/root.new/dev"
    mount --bind /dev "$disk/root.new/dev" || fail "/dev cannot be bound into the new root"
    chroot "$disk/root.new" ssh-keygen -q -t ed25519 -N '' -C "$(cat "$disk/root.new/etc/hostname")" \
        -f /etc/ssh/ssh_host_ed25519_key </dev/null >"$tmp/error" 2>&1 || fail "host key cannot be made: $(cause "$tmp/error")"
    umount "$disk/root.new/dev" || fail "/dev cannot be taken out of the new root"
    key=$(cut -d ' ' -f 1,2 "$disk/root.new/etc/ssh/ssh_host_ed25519_key.pub")
    stage seeding "host_key=$key"

    rm -rf "$disk/root.old"
    [ -e "$disk/root" ] && mv "$disk/root" "$disk/root.old"
    mv "$disk/root.new" "$disk/root" || fail "the new root cannot be put in place"
    sync
    echo "$order" >"$disk/installed.new" || fail "the mark cannot be written"
    mv "$disk/installed.new" "$disk/installed"
    sync
    stage "done"
    rm -rf "$disk/root.old"
    say "installed as $(cat "$disk/root/etc/hostname"); restarting"
    sync
    reboot -f
    sleep 60
    exit 1
}

mkdir -p "$tmp"
host=${server#http://}
interface=$(ip route get "${host%:*}" 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
[ -n "$interface" ] || { say "no network interface leads to $server"; off; }
waiting=
while :; do
    inventory >"$tmp/inventory"
    post /v1/install "$tmp/inventory" || { say "the boot services do not answer: $(cause "$tmp/error")"; off; }
    case $(value action) in
        install) install ;;
        disk) say "nothing to install; starting from disk"; exit 10 ;;
        wait) [ -n "$waiting" ] || say "waiting: $(value reason)"; waiting=yes; sleep 3 ;;
        *) say "refused: $(value reason)"; off ;;
    esac
done
