#!/usr/bin/env bash
# The whole job on this computer. Every line that starts with `$` is an ordinary command that you can type yourself.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
site=demo

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
run() { printf '\n$ %s\n' "$*"; "$@"; }
expect() { # expect CODE COMMAND…: runs it and insists on its exit code
  local code=$1 status=0
  shift
  printf '\n$ %s\n' "$*"
  "$@" || status=$?
  [ "$status" = "$code" ] || { echo "exit code $status, not $code" >&2; exit 1; }
}

if [ -e "$site" ]; then
  gigaworks lab down "$site" || true
  rm -rf "$site" demo.plan demo-report.html
fi
trap 'status=$?; [ $status = 0 ] || gigaworks lab down "$site" >/dev/null 2>&1 || true; exit $status' EXIT
git() { command git -c user.name=SRE -c user.email="sre@$site.internal" -C "$site" "$@"; }

say "Declare a site and check it against the laws"
run gigaworks init "$site" --template lab
run gigaworks check "$site"
run git init --quiet
run git add .
run git commit --quiet --message "Declare the demo site"

say "Make its machines: powered off, wired as the cable plan says"
run gigaworks lab up "$site"

say "See what would happen, then do exactly that"
run gigaworks plan "$site" -o demo.plan
run gigaworks apply demo.plan --message "first bring-up"
run gigaworks status "$site"
run gigaworks show "$site" node/gpu-01-n1
expect 0 gigaworks plan "$site" --detailed-exitcode

say "Somebody changes things behind its back"
run gigaworks lab fault "$site" sysctl gpu-01-n1 net.core.somaxconn 128
run gigaworks lab fault "$site" route leaf-1 192.0.2.0/24 10.77.0.1
run gigaworks lab fault "$site" power-cap gpu-01-n2 350
expect 2 gigaworks drift "$site" --detailed-exitcode
run gigaworks apply "$site" --yes --message "heal what was changed by hand"
expect 0 gigaworks drift "$site" --detailed-exitcode

say "Change the site: a role parameter"
run sed -i "s/net.core.somaxconn: 4096/net.core.somaxconn: 8192/" "$site/profiles.yaml"
run git commit --quiet --all --message "Raise the accept queue"
run gigaworks plan "$site" -o demo.plan
run gigaworks apply demo.plan

say "The record"
run gigaworks diff HEAD~1 HEAD --site "$site"
run gigaworks audit log "$site"
run gigaworks audit verify "$site"
run gigaworks report "$site" -o demo-report.html

say "In service"
run gigaworks status "$site"
cat <<END

The report:        $PWD/demo-report.html
Look around:       gigaworks show $site node/gpu-01-n1;  gigaworks node ssh $site rv-01-n1
Take it all away:  gigaworks destroy $site --confirm=$site;  gigaworks lab down $site
(with .venv/bin on the PATH)
END
