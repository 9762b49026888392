#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL and a throw-away NATS server, both on free
# ports and in a temporary directory, and stops them when it ends, whatever the end.
#
#   with-services.sh TOOLS COMMAND...      TOOLS: the virtual environment of deploy/tools.txt
#
# The command finds them in HAVEFUNNELS_TEST_POSTGRES and HAVEFUNNELS_TEST_NATS, and the tools
# in HAVEFUNNELS_TEST_TOOLS.
set -euo pipefail

tools=$1
shift
here=$(dirname "${BASH_SOURCE[0]}")
work=$(mktemp --directory)
chmod 711 "$work"

stop() {
    "$here/postgres.sh" stop "$work/postgres" || true
    "$here/nats.sh" stop "$work/nats" || true
    rm --recursive --force "$work"
}
trap stop EXIT

HAVEFUNNELS_TEST_POSTGRES=$("$here/postgres.sh" start "$work/postgres")
HAVEFUNNELS_TEST_NATS=$("$here/nats.sh" start "$work/nats" "$tools/bin/nats-server")
export HAVEFUNNELS_TEST_POSTGRES HAVEFUNNELS_TEST_NATS HAVEFUNNELS_TEST_TOOLS=$tools

"$@"
