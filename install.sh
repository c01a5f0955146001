#!/bin/sh
# Installs azr from a release, after checking the archive against the release's SHA256SUMS.
#
#   install.sh [--version VERSION] [--to FOLDER] [--repository OWNER/NAME]
#
# Environment variables set the same: AZR_VERSION (default: the newest), AZR_INSTALL_FOLDER (default: ~/.local/bin),
# AZR_REPOSITORY (default: the repository whose release has this script), AZR_RELEASES (the URL of the releases, for a
# mirror). The script needs tar, curl or wget, and sha256sum, shasum or openssl. Nothing is written to the folder before
# everything has been checked.
set -eu

# The release workflow writes its repository here.
released_by='@REPOSITORY@'

fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

# Whether a program is installed.
has() {
    command -v "$1" >/dev/null 2>&1
}

# The platform's name in the names of the files.
platform() {
    system=$(uname -s)
    machine=$(uname -m)
    case $system in
        Linux) system=unknown-linux-musl ;;
        Darwin)
            # Under Rosetta, uname reports an Intel machine.
            if [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || true)" = 1 ]; then
                machine=arm64
            fi
            system=apple-darwin
            ;;
        MINGW* | MSYS* | CYGWIN*) fail "on Windows, use install.ps1" ;;
        *) fail "azr has no release for $system; build it with cargo install azr" ;;
    esac
    case $machine in
        x86_64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
        *) fail "azr has no release for $machine; build it with cargo install azr" ;;
    esac
    echo "$machine-$system"
}

# Downloads a URL to a file. A redirect from https to http is refused.
fetch() {
    case $1 in
        https://*) only='=https' ;;
        # The text before an @ is a user name, not a host.
        http://*@*) fail "$1 is not https" ;;
        http://127.0.0.1[:/]* | http://localhost[:/]*) only='=http' ;;
        *) fail "$1 is not https" ;;
    esac
    if has curl; then
        curl --proto "$only" --proto-redir "$only" --tlsv1.2 --fail --silent --show-error --location --retry 3 \
            --output "$2" "$1" || fail "cannot download $1"
    elif has wget; then
        wget --quiet --output-document="$2" "$1" || fail "cannot download $1"
    else
        fail "curl or wget is required"
    fi
}

# The SHA-256 of a file, in hexadecimal digits.
sha256() {
    if has sha256sum; then
        sha256sum "$1" | cut -d ' ' -f 1
    elif has shasum; then
        shasum -a 256 "$1" | cut -d ' ' -f 1
    elif has openssl; then
        openssl dgst -sha256 "$1" | sed 's/.*= *//'
    else
        fail "sha256sum, shasum or openssl is required to check the download"
    fi
}

# The name of the platform's archive in SHA256SUMS.
archive_in() {
    sed -n "s/^[0-9a-f]\{64\}  \(azr-v[0-9][0-9A-Za-z.+-]*-$2\.tar\.gz\)\$/\1/p" "$1" | head -n 1
}

main() {
    version=${AZR_VERSION:-}
    folder=${AZR_INSTALL_FOLDER:-}
    repository=${AZR_REPOSITORY:-}
    while [ $# -gt 0 ]; do
        case $1 in
            --version | --to | --repository)
                [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value"
                case $1 in
                    --version) version=$2 ;;
                    --to) folder=$2 ;;
                    --repository) repository=$2 ;;
                esac
                shift 2
                ;;
            -h | --help)
                echo "install.sh [--version VERSION] [--to FOLDER] [--repository OWNER/NAME]"
                return
                ;;
            *) fail "$1 is not an option; see --help" ;;
        esac
    done
    if [ -z "$folder" ]; then
        [ -n "${HOME:-}" ] || fail "HOME is not set; choose a folder with --to"
        folder=$HOME/.local/bin
    fi
    case $released_by in
        @*) ;;
        *) repository=${repository:-$released_by} ;;
    esac
    releases=${AZR_RELEASES:-}
    if [ -z "$releases" ]; then
        [ -n "$repository" ] || fail "the repository is not known; set --repository OWNER/NAME"
        releases=https://github.com/$repository/releases
    fi
    platform=$(platform)
    version=${version#v}
    case $version in
        '' | latest) from=$releases/latest/download ;;
        *[!0-9A-Za-z.+-]*) fail "$version is not a version" ;;
        *) from=$releases/download/v$version ;;
    esac

    scratch=$(mktemp -d)
    fresh=
    trap 'rm -rf "$scratch" ${fresh:+"$fresh"}' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    fetch "$from/SHA256SUMS" "$scratch/SHA256SUMS"
    archive=$(archive_in "$scratch/SHA256SUMS" "$platform")
    [ -n "$archive" ] || fail "the release has no file for $platform"
    # `latest` may become another release at any time; the archive is that of the sums.
    tag=${archive#azr-}
    tag=${tag%-"$platform".tar.gz}
    case $version in
        '' | latest | "${tag#v}") ;;
        *) fail "the release v$version contains files of $tag" ;;
    esac
    fetch "$releases/download/$tag/$archive" "$scratch/$archive"
    expected=$(sed -n "s/^\([0-9a-f]\{64\}\)  $archive\$/\1/p" "$scratch/SHA256SUMS" | head -n 1)
    actual=$(sha256 "$scratch/$archive")
    [ "$actual" = "$expected" ] ||
        fail "$archive does not match SHA256SUMS (SHA-256 $actual instead of $expected); nothing was installed"
    tar -xzf "$scratch/$archive" -C "$scratch"
    program=$scratch/${archive%.tar.gz}/azr
    # tar restores links; chmod, cp and the first run would follow them.
    [ ! -L "${program%/azr}" ] && [ ! -L "$program" ] && [ -f "$program" ] ||
        fail "$archive does not contain azr as a regular file; nothing was installed"
    chmod 755 "$program"
    "$program" --version >/dev/null || fail "azr of $archive does not run here; nothing was installed"

    mkdir -p -- "$folder"
    # The file is copied to the folder and then renamed, so that an update is complete or not made at all, even while azr
    # is running. mktemp creates a new file with a name that nobody can predict, so that no link is followed.
    fresh=$(mktemp "$folder/.azr-XXXXXX") || fail "cannot write to $folder"
    cp "$program" "$fresh"
    chmod 755 "$fresh"
    mv -f "$fresh" "$folder/azr"
    fresh=
    echo "Installed azr ${tag#v} as $folder/azr."
    case ":${PATH:-}:" in
        *":$folder:"*) ;;
        *) echo "Add $folder to PATH." ;;
    esac
}

# A script that was only partly downloaded does nothing.
main "$@"
