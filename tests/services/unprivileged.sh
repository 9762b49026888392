#!/usr/bin/env bash
# Runs a command that refuses root: where we are root, as this user, or as nobody where there is no
# such user; else as who we are.
#
#   unprivileged.sh USER COMMAND...
set -euo pipefail

user=$1
shift
if ((EUID == 0)); then
    id "$user" >/dev/null 2>&1 || user=nobody
    exec setpriv --reuid "$user" --regid "$(id --group "$user")" --clear-groups -- "$@"
fi
exec "$@"
