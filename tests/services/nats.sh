#!/usr/bin/env bash
# A NATS server with JetStream for tests, in a directory of its own.
#
#   nats.sh start DIR PROGRAM     starts it on a free port, prints its URL
#   nats.sh stop DIR              stops it
set -euo pipefail

action=$1
dir=$2
program=${3:-}

start() {
    mkdir "$dir"
    "$program" --addr 127.0.0.1 --port -1 --jetstream --store_dir "$dir/store" \
        --ports_file_dir "$dir" --log "$dir/server.log" >/dev/null 2>&1 </dev/null &
    local pid=$!
    echo "$pid" >"$dir/pid"
    # The server writes this file when it listens.
    for _ in {1..100}; do
        if [[ -s $dir/nats-server_$pid.ports ]]; then
            grep --only-matching --max-count 1 'nats://127[^"]*' "$dir/nats-server_$pid.ports"
            return
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    cat "$dir/server.log" >&2
    return 1
}

stop() {
    [[ ! -s $dir/pid ]] || kill "$(<"$dir/pid")" 2>/dev/null || true
}

"$action"
