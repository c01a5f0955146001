#!/usr/bin/env python3
"""Tests azr at a console of Windows: one that Wine shows in a pseudoterminal, or on Windows itself that of the caller.

    tests/platforms/console.py AZR     (azr.exe)

tests/platforms/windows calls it with Wine's variables set. The tests of the terminal in tests/process need a Unix.
"""
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

WINDOWS = os.name == "nt"
if not WINDOWS:
    import fcntl
    import pty
    import struct
    import termios
    import tty

AZR = str(pathlib.Path(sys.argv[1]).resolve())
CENTER = ["-g", "myResourceGroup", "-n", "myAPICenter"]
SERVICE = ["-g", "myResourceGroup", "-n", "myAPIManagement"]
# How long a command may take to print something, or to end; Wine takes seconds to start.
PATIENCE = 60
INTERRUPTED = 130
RED = b"\x1b[31m"
# Neither the accent nor the Japanese characters are in every code page.
TITLE = "Café 東京"


def windows_path(path):
    """A path of this machine as programs in Wine see it."""
    return path if WINDOWS else "Z:" + path.replace("/", "\\")


class Console:
    """A program of Windows at a console."""

    def __init__(self, words, variables, folder):
        self.output = b""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe("wine", ["wine", *words], {**variables, "TERM": "xterm-256color"})
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))

    def read(self, until=None):
        """Reads until a text is printed, or to the end; gives what was printed."""
        end = time.monotonic() + PATIENCE
        while until is None or until not in self.output:
            if time.monotonic() > end:
                os.kill(self.process, signal.SIGKILL)
                raise AssertionError(f"no {until!r} within {PATIENCE} s: {self.output!r}")
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    chunk = os.read(self.terminal, 1 << 16)
                except OSError:
                    chunk = b""
                if not chunk:
                    break
                self.output += chunk
        return self.output

    def type(self, text):
        os.write(self.terminal, text)

    def enter(self, text):
        """Types a line. A pseudoterminal replaces the carriage return that ends it unless it is raw."""
        tty.setraw(self.terminal)
        self.type(text + b"\r")

    def close(self):
        """Closes the window."""
        os.close(self.terminal)

    def exit_code(self):
        """Waits for the end of the program."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        os.kill(self.process, signal.SIGKILL)
        raise AssertionError(f"the program has not ended: {self.output!r}")


class ConsoleTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name
        self.variables = {name: value for name, value in os.environ.items()
                          if not name.startswith(("AZ", "ARM_", "NO_COLOR", "CI", "TF_BUILD", "GITHUB_"))}
        self.variables |= {"AZURE_CLOUD_NAME": "AzureEmulator",
                           "AZR_STATE_DIR": windows_path(os.path.join(self.folder, "state")),
                           "AZURE_CONFIG_DIR": windows_path(os.path.join(self.folder, "az"))}

    def run_piped(self, *words):
        command = [AZR, *words] if WINDOWS else ["wine", AZR, *words]
        return subprocess.run(command, env=self.variables, cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE, check=False)

    def nothing_is_deleted(self):
        shown = self.run_piped("apic", "show", *CENTER, "--query", "name", "-o", "tsv")
        self.assertEqual(shown.stdout, b"myAPICenter\n", shown.stderr)

    def test_the_code_page_changes_nothing(self):
        for page in ("437", "932", "65001"):
            with self.subTest(page):
                # cmd.exe reads a batch file in its code page, so the text is in a file of its own.
                pathlib.Path(self.folder, "title.txt").write_text(TITLE, encoding="utf-8")
                lines = ["@echo off", f"chcp {page} >nul",
                         f'"{windows_path(AZR)}" apic api create {" ".join(CENTER)} --api-id cafe --type rest '
                         "--title @title.txt --query title -o tsv >out.txt"]
                pathlib.Path(self.folder, "page.cmd").write_text("\r\n".join(lines), encoding="ascii")
                command = ["cmd", "/c", "page.cmd"]
                subprocess.run(command if WINDOWS else ["wine", *command], env=self.variables, cwd=self.folder, check=True,
                               stdin=subprocess.DEVNULL, timeout=PATIENCE)
                self.assertEqual(pathlib.Path(self.folder, "out.txt").read_bytes(), f"{TITLE}\n".encode())


@unittest.skipIf(WINDOWS, "there is no pseudoterminal")
class WineTest(ConsoleTest):
    def start(self, *words):
        return Console([AZR, *words], self.variables, self.folder)

    def test_a_console_shows_colors_and_any_character_and_a_pipe_gets_none(self):
        words = ["apic", "api", "create", *CENTER, "--api-id", "cafe", "--title", TITLE, "--type", "rest", "-o", "tsv",
                 "--query", "title"]
        console = self.start(*words)
        self.assertIn(TITLE.encode(), console.read())
        self.assertEqual(console.exit_code(), 0)
        piped = self.run_piped(*words)
        self.assertEqual((piped.stdout, piped.stderr), (f"{TITLE}\n".encode(), b""))

        missing = ["apim", "api", "show", *SERVICE, "--api-id", TITLE]
        console = self.start(*missing)
        shown = console.read()
        self.assertIn(RED, shown)
        self.assertIn(TITLE.encode(), shown)
        self.assertEqual(console.exit_code(), 3)
        piped = self.run_piped(*missing)
        self.assertNotIn(b"\x1b", piped.stderr)
        self.assertIn(TITLE.encode(), piped.stderr)

    def test_a_console_shows_progress_and_a_pipe_gets_none(self):
        options = ["--sample", "--apis", "40", "--latency-ms", "100"]
        emulator = subprocess.Popen(["wine", AZR, "emulator", "start", *options], env=self.variables, cwd=self.folder,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.addCleanup(emulator.stdout.close)
        self.addCleanup(emulator.wait)
        self.addCleanup(emulator.kill)
        address = emulator.stdout.readline().decode().split()[-1]
        words = ["apim", "api", "export", *SERVICE, "--api-id", "api-*", "--export-format", "OpenApiJsonFile", "--file-path",
                 "out", "--arm-endpoint", address]
        self.variables["AZR_ACCESS_TOKEN"] = "any"
        console = self.start(*words)
        console.read()
        self.assertEqual(console.exit_code(), 0)
        self.assertIn("█".encode(), console.output)
        piped = self.run_piped(*words)
        self.assertEqual(piped.returncode, 0, piped)
        for part in (b"\x1b", "█".encode()):
            self.assertNotIn(part, piped.stderr)

    def test_ctrl_c_ends_a_question(self):
        console = self.start("apic", "delete", *CENTER)
        console.read(until=b"(y/n)")
        console.type(b"\x03")
        self.assertIn(b"interrupted", console.read())
        self.assertEqual(console.exit_code(), INTERRUPTED)
        self.nothing_is_deleted()

    def test_ctrl_c_ends_a_wait_for_input(self):
        console = self.start("apic", "api", "create", *CENTER, "--api-id", "x", "--type", "rest", "--title", "@-")
        time.sleep(8)
        console.type(b"\x03")
        self.assertIn(b"interrupted", console.read())
        self.assertEqual(console.exit_code(), INTERRUPTED)

    def test_ctrl_c_stops_the_emulator(self):
        console = self.start("emulator", "start", "--sample")
        console.read(until=b"Ctrl-C.")
        console.type(b"\x03")
        console.read()
        self.assertEqual(console.exit_code(), 0)

    def test_an_answer_is_read(self):
        console = self.start("apic", "delete", *CENTER)
        console.read(until=b"(y/n)")
        console.enter(b"n")
        console.read()
        self.assertEqual(console.exit_code(), 1)
        self.nothing_is_deleted()

    def test_closing_the_window_ends_a_question(self):
        console = self.start("apic", "delete", *CENTER)
        console.read(until=b"(y/n)")
        console.close()
        console.exit_code()
        self.nothing_is_deleted()


@unittest.skipUnless(WINDOWS, "Wine 8 cannot send Ctrl-Break: GenerateConsoleCtrlEvent fails")
class WindowsTest(ConsoleTest):
    def interrupt(self, words, wait_for_output):
        """Starts azr in a process group of its own, and sends it Ctrl-Break."""
        process = subprocess.Popen([AZR, *words], env=self.variables, cwd=self.folder, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, creationflags=subprocess.CREATE_NEW_PROCESS_GROUP)
        if wait_for_output:
            process.stdout.readline()
        else:
            time.sleep(3)
        process.send_signal(signal.CTRL_BREAK_EVENT)
        return process.wait(PATIENCE)

    def test_ctrl_break_stops_the_emulator(self):
        self.assertEqual(self.interrupt(["emulator", "start", "--sample"], True), 0)

    def test_ctrl_break_ends_a_wait_for_input(self):
        words = ["apic", "api", "create", *CENTER, "--api-id", "x", "--type", "rest", "--title", "@-"]
        self.assertEqual(self.interrupt(words, False), INTERRUPTED)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
