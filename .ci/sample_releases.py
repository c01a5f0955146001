"""Sample releases and a server for them, which .ci/install installs from."""
import functools
import hashlib
import http.server
import io
import os
import pathlib
import tarfile
import threading
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
WINDOWS = os.name == "nt"
PLATFORMS = {
    ("Linux", "x86_64"): "x86_64-unknown-linux-musl", ("Linux", "amd64"): "x86_64-unknown-linux-musl",
    ("Linux", "aarch64"): "aarch64-unknown-linux-musl", ("Linux", "arm64"): "aarch64-unknown-linux-musl",
    ("Darwin", "x86_64"): "x86_64-apple-darwin", ("Darwin", "arm64"): "aarch64-apple-darwin",
}
WINDOWS_TARGETS = ["x86_64-pc-windows-msvc", "aarch64-pc-windows-msvc"]


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder as a release page: /latest/download/ leads to the newest release, as GitHub's does."""

    def __init__(self, folder):
        self.requests = []
        super().__init__(("127.0.0.1", 0), functools.partial(Page, directory=str(folder)))
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    @property
    def releases(self):
        return f"http://127.0.0.1:{self.server_port}/releases"


class Page(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        latest = "/releases/latest/download/"
        if self.path.startswith(latest):
            self.send_response(302)
            self.send_header("Location", f"/releases/download/v0.2.0/{self.path.removeprefix(latest)}")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


def program(version, target):
    """An azr that prints its version or its target."""
    return f'#!/bin/sh\n[ "$1" = --version ] && echo "azr {version}" || echo {target}\n'.encode()


def packed(folder, files):
    """A tar archive of the files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mode = len(content), 0o755
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def release(folder, version, make=program):
    """Writes the files of a release and returns their folder."""
    files = {}
    for target in sorted(set(PLATFORMS.values())):
        name = f"azr-v{version}-{target}"
        files[f"{name}.tar.gz"] = packed(name, {"azr": make(version, target), "README.md": b"azr\n"})
    for target in WINDOWS_TARGETS:
        name, out = f"azr-v{version}-{target}", io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(f"{name}/azr.exe", windows_program())
        files[f"{name}.zip"] = out.getvalue()
    files["azr.rb"] = b"class Azr\n"
    here = folder / "releases" / "download" / f"v{version}"
    here.mkdir(parents=True, exist_ok=True)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    for name, content in {**files, "SHA256SUMS": sums.encode()}.items():
        (here / name).write_bytes(content)
    return here


def windows_program():
    """On Windows the azr that was built, if any, as a script cannot be an .exe."""
    built = [path for profile in ("dist", "release") if (path := ROOT / "target" / profile / "azr.exe").exists()]
    return built[0].read_bytes() if WINDOWS and built else b"no program"
