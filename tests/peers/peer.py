"""What the peers share: an emulator that is reached as Azure is, and programs of Microsoft's installed to reach it."""
import os
import pathlib
import shlex
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
AZ_PACKAGES = ["azure-cli==2.91.0"]
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
        certificate = told.split("SSL_CERT_FILE=", 1)[1].strip()
        self.environment |= {"REQUESTS_CA_BUNDLE": certificate, "SSL_CERT_FILE": certificate}
        # What azr and azure-identity sign in with.
        self.secret = {"AZURE_AUTHORITY_HOST": self.url, "AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT,
                       "AZURE_CLIENT_SECRET": SECRET}

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


def found_az():
    """The az of the variable AZ, or one from PyPI; None, and why, if there is neither."""
    if az := os.environ.get("AZ"):
        return pathlib.Path(az), None
    programs, why = installed("az", AZ_PACKAGES, "az")
    return (programs / "az" if programs else None), why


def sign_in(az, environment, emulator):
    """Makes the emulator az's cloud, and signs in to it."""
    for words in (
        ["cloud", "register", "-n", "Emulator", "--endpoint-resource-manager", emulator.url],
        ["cloud", "set", "-n", "Emulator"],
        # Whether an authority can be trusted is asked of Microsoft's own otherwise.
        ["config", "set", "core.instance_discovery=false"],
        ["login", "--service-principal", "-u", CLIENT, "-p", SECRET, "--tenant", TENANT],
    ):
        done = subprocess.run([az, *words], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            sys.exit(f"az {shlex.join(words)} failed: {done.stderr}")


def binary(given):
    azr = pathlib.Path(given).resolve()
    if not azr.exists():
        sys.exit(f"{azr} is not there: cargo build --release")
    return azr


def scratch(name):
    return tempfile.TemporaryDirectory(prefix=f"azr-{name}-")
