#!/bin/sh
# Installs azr into a development container. The container's tools run it as root, with the option in VERSION.
#
# azr-install.sh beside it is the install.sh of a release: .github/release/feature puts it there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=${VERSION:-latest}
[ "$version" != latest ] || version=

# The installer downloads with curl or wget, and both need certificates.
if ! command -v curl >/dev/null && ! command -v wget >/dev/null; then
    if command -v apt-get >/dev/null; then
        apt-get update
        apt-get install --yes --no-install-recommends curl ca-certificates
        rm -rf /var/lib/apt/lists/*
    elif command -v apk >/dev/null; then
        apk add --no-cache curl ca-certificates
    elif command -v dnf >/dev/null; then
        dnf install --assumeyes curl ca-certificates
    else
        echo "azr: neither curl nor wget is installed" >&2
        exit 1
    fi
fi

AZR_VERSION=$version AZR_INSTALL_FOLDER=${AZR_INSTALL_FOLDER:-/usr/local/bin} sh "$here/azr-install.sh"
