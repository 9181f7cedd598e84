# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by the scripts that set a machine up: installs missing Debian packages.

# packages_missing PACKAGE...: prints those that are not installed.
packages_missing() {
    for package; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            printf '%s ' "$package"
    done
}

# packages_need PACKAGE...: installs what is missing, through sudo when not root. Fails, with a
# sentence, when that cannot be done; whether it matters is for the caller to say.
packages_need() {
    command -v dpkg-query >/dev/null || return 0
    missing=$(packages_missing "$@")
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        as_root=sudo
        command -v sudo >/dev/null || {
            echo "packages: not installed, and no sudo to install them: $missing"
            return 1
        }
    fi
    echo "packages: installing $missing"
    packages_log=${TMPDIR:-/tmp}/lax-packages.$$
    {
        [ -n "${packages_listed:-}" ] || $as_root apt-get update -qq
        packages_listed=yes
        # shellcheck disable=SC2086 # a list of words
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends $missing
    } >"$packages_log" 2>&1 </dev/null
    status=$?
    [ $status -eq 0 ] || { echo "packages: apt-get failed:"; tail -n 3 "$packages_log"; }
    rm -f "$packages_log"
    return $status
}

# libraries_packages: what the build uses when it is there; libxsmm exists on amd64 only.
libraries_packages() {
    echo libpthreadpool-dev libspng-dev
    [ "$(uname -m)" != x86_64 ] || echo libxsmm-dev
}
