#!/usr/bin/env bash
# Makes sure that the named Debian packages are installed: installs the missing ones where
# it may (as root, or with sudo), else says exactly what to install and fails.
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
    echo "Not a Debian system; please make sure that your own packages give what these do: $*" >&2
    exit 0
fi

missing=()
for package in "$@"; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
    as_root=(sudo)
    if ! command -v sudo >/dev/null || ! { [[ -t 0 ]] || sudo --non-interactive true 2>/dev/null; }; then
        echo "Missing Debian packages. Please install them and try again:" >&2
        echo "    apt-get install ${missing[*]}" >&2
        exit 1
    fi
fi

echo "Installing ${missing[*]}" >&2
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get install --quiet --yes --no-install-recommends "${missing[@]}")
# A package list that is missing or old fails the first try.
"${install[@]}" || { "${as_root[@]}" apt-get update --quiet && "${install[@]}"; }
