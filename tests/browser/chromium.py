"""A headless Chromium, controlled by the DevTools protocol over a pipe. Python's standard library."""
import base64
import json
import os
import select
import shutil
import struct
import subprocess
import tempfile
import time
import zlib

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--remote-debugging-pipe",
]
# The time limit of one response of the browser, in seconds.
TIMEOUT = 60


def find():
    """The path of a browser that starts, or None. Some systems have a stub that starts nothing."""
    for program in filter(None, map(shutil.which, NAMES)):
        try:
            done = subprocess.run([program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return program
    return None


class Browser:
    """One page of a browser with a new profile; `requests` and `errors` record what the page does."""

    def __init__(self, program):
        self.profile = tempfile.TemporaryDirectory(prefix="azr-browser-", ignore_cleanup_errors=True)
        to_read, self.write_end = os.pipe()
        self.read_end, to_write = os.pipe()
        # The protocol's pipes are descriptors 3 and 4.
        command = ["sh", "-c", f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}', program, *FLAGS,
                   f"--user-data-dir={self.profile.name}", "about:blank"]
        self.process = subprocess.Popen(command, pass_fds=[to_read, to_write], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.buffer, self.number, self.session = b"", 0, None
        self.requests, self.errors, self.events = [], [], []
        targets = self.send_command("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self.session = self.send_command("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ["Page", "Network", "Runtime", "Log"]:
            self.send_command(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.write_end)
        os.close(self.read_end)
        self.profile.cleanup()

    def send_command(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            response = self.read_message()
            if response.get("id") == self.number:
                if "error" in response:
                    raise RuntimeError(f"{method}: {response['error']['message']}")
                return response["result"]

    def read_message(self):
        """Reads the next message; requests and errors of the page are recorded."""
        while b"\0" not in self.buffer:
            if not select.select([self.read_end], [], [], TIMEOUT)[0]:
                raise RuntimeError("the browser does not respond")
            chunk = os.read(self.read_end, 1 << 20)
            if not chunk:
                raise RuntimeError("the browser has ended")
            self.buffer += chunk
        text, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(text)
        method, params = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(params["exceptionDetails"])
        elif method == "Log.entryAdded":
            self.errors.append(params["entry"])
        elif method in ("Runtime.consoleAPICalled", "Page.javascriptDialogOpening"):
            self.errors.append(params)
        if method:
            self.events.append(method)
        return message

    def size(self, width, height=900, phone=False):
        self.send_command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def scheme(self, scheme, media=""):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send_command("Emulation.setEmulatedMedia", media=media, features=features)

    def open(self, url):
        """Opens a page, and returns the seconds until it is loaded."""
        self.requests.clear()
        self.errors.clear()
        self.events.clear()
        start = time.monotonic()
        self.send_command("Page.navigate", url=url)
        while "Page.loadEventFired" not in self.events:
            self.read_message()
        return time.monotonic() - start

    def run(self, script):
        """The value of an expression in the page."""
        response = self.send_command("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in response:
            raise RuntimeError(f"{script}: {response['exceptionDetails']}")
        return response["result"].get("value")

    def press(self, key):
        """Presses a key: a character, Tab or Enter."""
        named = {"Tab": (9, ""), "Enter": (13, "\r")}
        code, text = named.get(key, (ord(key[0].upper()), key))
        params = {"key": key, "windowsVirtualKeyCode": code, "text": text}
        self.send_command("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **params)
        self.send_command("Input.dispatchKeyEvent", type="keyUp", **params)

    def accessibility_tree(self):
        """The roles and names that assistive technology sees."""
        nodes = self.send_command("Accessibility.getFullAXTree")["nodes"]
        return [(node.get("role", {}).get("value", ""), node.get("name", {}).get("value", ""))
                for node in nodes if not node["ignored"]]

    def screenshot(self, whole=False):
        """A PNG of the visible part, or of the whole page."""
        response = self.send_command("Page.captureScreenshot", format="png", captureBeyondViewport=whole,
                          **({"clip": self.page_rectangle()} if whole else {}))
        return base64.b64decode(response["data"])

    def page_rectangle(self):
        size = self.send_command("Page.getLayoutMetrics")["cssContentSize"]
        return {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}

    def pdf(self):
        return base64.b64decode(self.send_command("Page.printToPDF", printBackground=True)["data"])


def describe_png(png):
    """Width, height and the number of different rows of a PNG; a blank image has one or two."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n", "not a PNG"
    offset, data = 8, b""
    while offset < len(png):
        length, kind = struct.unpack(">I4s", png[offset:offset + 8])
        content = png[offset + 8:offset + 8 + length]
        if kind == b"IHDR":
            width, height = struct.unpack(">II", content[:8])
        elif kind == b"IDAT":
            data += content
        offset += 12 + length
    lines = zlib.decompress(data)
    stride = len(lines) // height
    return width, height, len({lines[n * stride:(n + 1) * stride] for n in range(height)})
