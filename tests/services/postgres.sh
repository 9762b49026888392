#!/usr/bin/env bash
# A PostgreSQL server for tests, in a directory of its own.
#
#   postgres.sh start DIR     creates and starts it on a free port, prints its URL
#   postgres.sh stop DIR      stops it at once
#
# Durability is off: what it holds is thrown away.
set -euo pipefail

action=$1
dir=$2

# Debian keeps the server's programs out of PATH; take the newest there.
if ! command -v initdb >/dev/null; then
    newest=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 2>/dev/null | sort --version-sort | tail --lines 1)
    PATH="${newest:?no PostgreSQL server found}/bin:$PATH"
fi

# PostgreSQL refuses to run as root.
as_user=("$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/unprivileged.sh" postgres)

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    mkdir "$dir"
    chown "$("${as_user[@]}" id --user --name)" "$dir"
    cd "$dir"
    "${as_user[@]}" initdb --pgdata "$dir/data" --username postgres --auth trust \
        --encoding UTF8 --locale C.UTF-8 --no-sync >"$dir/initdb.log"
    # Someone else may take a free port between the choice and the start.
    local port
    for _ in 1 2 3 4 5; do
        port=$(free_port)
        if "${as_user[@]}" pg_ctl start --silent --wait --pgdata "$dir/data" --log "$dir/data/server.log" \
            --options "-F -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c max_connections=300" >&2; then
            echo "postgres://postgres@127.0.0.1:$port/postgres"
            return
        fi
    done
    cat "$dir/data/server.log" >&2
    return 1
}

stop() {
    [[ ! -e $dir/data/postmaster.pid ]] || {
        cd "$dir"
        "${as_user[@]}" pg_ctl stop --silent --pgdata "$dir/data" --mode immediate
    }
}

"$action"
