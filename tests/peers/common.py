"""What the peers share: an emulator that is reached as Azure is, and programs of Microsoft's installed to reach it."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What a client needs to sign in to the emulator: any client and secret do, the first secret shown is the secret.
TENANT = "22222222-2222-2222-2222-222222222222"
CLIENT = "33333333-3333-3333-3333-333333333333"
SECRET = "peers"
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


def plain_environment(folder):
    """The environment without what is set for azr or az, and with folders that nobody else uses."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("AZURE_", "AZR_", "ARM_"))}
    return ours | {"AZR_STATE_DIR": str(folder / "azr"), "NO_COLOR": "1", "AZURE_CORE_COLLECT_TELEMETRY": "no",
                   "NO_PROXY": "127.0.0.1"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Emulator:
    """`azr emulator start` over TLS, taking only the tokens it gave out."""

    def __init__(self, azr, folder, *options, port=None):
        words = [azr, "emulator", "start", "--tls", "--sign-in", *options]
        words += ["--port", str(port)] if port else []
        self.environment = plain_environment(folder)
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=self.environment)
        self.url = self.process.stdout.readline().removeprefix("listening on ").strip()
        told = self.process.stderr.readline()
        if not self.url or "SSL_CERT_FILE=" not in told:
            sys.exit(f"the emulator did not start: {told}{self.process.stderr.read()}")
        self.certificate = told.split("SSL_CERT_FILE=", 1)[1].strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate()


def installed(name, packages, program):
    """The folder of programs of a venv in target/ci with these packages of PyPI; None, and why, if it cannot be had."""
    venv = ROOT / "target/ci" / name
    mark = venv / "installed"
    wanted = "\n".join(packages)
    if mark.exists() and mark.read_text() == wanted and (venv / "bin" / program).exists():
        return venv / "bin", None
    shutil.rmtree(venv, ignore_errors=True)
    venv.parent.mkdir(parents=True, exist_ok=True)
    pip = [venv / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    for words in ([sys.executable, "-m", "venv", venv], [*pip, *packages]):
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            return None, (done.stdout.strip().splitlines() or [f"{words[0]} failed"])[-1]
    mark.write_text(wanted)
    return venv / "bin", None


def binary(given):
    azr = pathlib.Path(given).resolve()
    if not azr.exists():
        sys.exit(f"{azr} is not there: cargo build --release")
    return azr


def scratch(name):
    return tempfile.TemporaryDirectory(prefix=f"azr-{name}-")
