"""Shared by the peers: an emulator over TLS that requires a login, and the installation of Microsoft's programs."""
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
# The credential for the emulator, which accepts any client, and the first secret that is used.
TENANT = "22222222-2222-2222-2222-222222222222"
CLIENT = "33333333-3333-3333-3333-333333333333"
SECRET = "peers"
AZ_PACKAGES = ["azure-cli==2.91.0"]
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


def plain_environment(folder):
    """The environment without variables of azr and az, and with new folders."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AZURE_", "AZR_", "ARM_"))}
    return inherited | {"AZR_STATE_DIR": str(folder / "azr"), "NO_COLOR": "1", "AZURE_CORE_COLLECT_TELEMETRY": "no",
                   "NO_PROXY": "127.0.0.1"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Emulator:
    """`azr emulator start` over TLS, accepting only its own tokens; or over HTTP, accepting any."""

    def __init__(self, azr, folder, *options, port=None, tls=True):
        command = [azr, "emulator", "start", *["--tls", "--sign-in"] * tls, *options]
        command += ["--port", str(port)] if port else []
        self.environment = plain_environment(folder)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=self.environment)
        self.url = self.process.stdout.readline().removeprefix("listening on ").strip()
        message = self.process.stderr.readline() if tls or not self.url else ""
        if not self.url or tls and "SSL_CERT_FILE=" not in message:
            sys.exit(f"the emulator did not start: {message}{self.process.stderr.read()}")
        if tls:
            certificate = message.split("SSL_CERT_FILE=", 1)[1].strip()
            self.environment |= {"REQUESTS_CA_BUNDLE": certificate, "SSL_CERT_FILE": certificate}
        # The credential for azr and azure-identity.
        self.secret = {"AZURE_AUTHORITY_HOST": self.url, "AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT,
                       "AZURE_CLIENT_SECRET": SECRET}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate()


def sign_in_environment(folder):
    """A certificate for a client, and a browser that opens the page to sign in on."""
    key, certificate, both = (folder / f"client.{name}.pem" for name in ("key", "cert", "both"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=peers"], check=True, stderr=subprocess.DEVNULL)
    both.write_text(key.read_text() + certificate.read_text())
    # Programs call xdg-open, or what BROWSER names.
    browser = pathlib.Path(__file__).with_name("browser")
    programs = folder / "programs"
    programs.mkdir()
    (programs / "xdg-open").symlink_to(browser)
    return {"CLIENT_CERTIFICATE": str(both), "BROWSER": str(browser),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def install(name, packages, program):
    """Installs packages from PyPI in a venv in target/ci; returns its folder of programs, or None and the reason."""
    venv = ROOT / "target/ci" / name
    marker = venv / "installed"
    requirements = "\n".join(packages)
    if marker.exists() and marker.read_text() == requirements and (venv / "bin" / program).exists():
        return venv / "bin", None
    shutil.rmtree(venv, ignore_errors=True)
    venv.parent.mkdir(parents=True, exist_ok=True)
    pip = [venv / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    for command in ([sys.executable, "-m", "venv", venv], [*pip, *packages]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            return None, (done.stdout.strip().splitlines() or [f"{command[0]} failed"])[-1]
    marker.write_text(requirements)
    return venv / "bin", None


def find_az():
    """The az of the variable AZ, or one from PyPI; None and the reason if there is neither."""
    if az := os.environ.get("AZ"):
        return pathlib.Path(az), None
    programs, reason = install("az", AZ_PACKAGES, "az")
    return (programs / "az" if programs else None), reason


def sign_in(az, environment, emulator):
    """Registers the emulator as a cloud of az, and signs in."""
    for args in (
        ["cloud", "register", "-n", "Emulator", "--endpoint-resource-manager", emulator.url],
        ["cloud", "set", "-n", "Emulator"],
        # Otherwise az asks Microsoft's authority whether to trust this one.
        ["config", "set", "core.instance_discovery=false"],
        ["login", "--service-principal", "-u", CLIENT, "-p", SECRET, "--tenant", TENANT],
    ):
        done = subprocess.run([az, *args], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            sys.exit(f"az {shlex.join(args)} failed: {done.stderr}")


def binary(path):
    azr = pathlib.Path(path).resolve()
    if not azr.exists():
        sys.exit(f"{azr} does not exist: run cargo build --release")
    return azr


def temporary_folder(name):
    return tempfile.TemporaryDirectory(prefix=f"azr-{name}-")
