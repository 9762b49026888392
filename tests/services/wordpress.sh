#!/usr/bin/env bash
# A WordPress site for tests, with a MariaDB server of its own, in a directory of its own.
#
#   wordpress.sh start DIR USERS     creates and starts it on a free port, prints its URL, with the
#                                    name and an application password of its administrator; USERS is
#                                    a file of JSON, a list of what wp_insert_user takes
#   wordpress.sh stop DIR            stops it at once
#
# WordPress's code is Debian's, untouched; it sends no mail and calls nobody. Durability is off:
# what it holds is thrown away.
set -euo pipefail

action=$1
dir=$2
users=${3:-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Where Debian keeps mariadbd, and not everybody's PATH.
PATH="$PATH:/usr/sbin"

# MariaDB refuses to run as root.
as_user=("$here/unprivileged.sh" mysql)

# Runs a command in the background, to be ended by the stop.
serve() {
    "${as_user[@]}" "$@" >>server.log 2>&1 </dev/null &
    echo $! >>pids
}

# Waits until the log says this, and prints it.
logged() {
    for _ in {1..600}; do
        ! grep --only-matching --max-count 1 "$1" server.log || return 0
        # What was started last must be running.
        kill -0 $! 2>/dev/null || break
        sleep 0.1
    done
    cat server.log >&2
    return 1
}

start() {
    local fast=(--debug-no-sync --innodb-flush-method=nosync --innodb-log-file-size=8M)
    mkdir "$dir"
    cp --recursive "$here/wordpress" "$dir/site"
    cp "$users" "$dir/users.json"
    chown --recursive "$("${as_user[@]}" id --user --name)" "$dir"
    cd "$dir"
    touch server.log
    "${as_user[@]}" mariadb-install-db --no-defaults --datadir="$dir/data" \
        --auth-root-authentication-method=normal "${fast[@]}" >install.log || {
        cat install.log >&2
        return 1
    }
    serve mariadbd --no-defaults --datadir="$dir/data" --socket="$dir/socket" --skip-networking "${fast[@]}"
    logged 'ready for connections' >/dev/null
    local password url
    password=$("${as_user[@]}" php "$dir/site/install.php" "$dir/users.json")
    serve php -S 127.0.0.1:0 -t "$dir/site"
    url=$(logged 'http://127[^)]*')
    echo "http://admin:$password@${url#http://}"
}

stop() {
    [[ ! -s $dir/pids ]] || xargs kill -KILL <"$dir/pids" 2>/dev/null || true
}

"$action"
