"""Shared by the benchmarks: an environment without the user's settings, helper programs, the machine."""
import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# ru_maxrss counts KiB on Linux and bytes on macOS.
PEAK_UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024


def compile_program(source, folder):
    program = folder / source.stem
    subprocess.run(["rustc", "-O", "--edition", "2024", "-o", program, source], check=True)
    return program


def clean_environment(folder, **more):
    """The environment without variables of azr and az, and with new folders."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AZURE_", "AZR_", "ARM_"))}
    return inherited | {"AZURE_CONFIG_DIR": str(folder / "azure"), "AZR_STATE_DIR": str(folder / "azr"), "NO_COLOR": "1",
                   "AZURE_CORE_COLLECT_TELEMETRY": "no"} | more


def describe_machine():
    model = platform.processor() or platform.machine()
    system = f"{platform.system()} {platform.release()}"
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
        system = f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {system}"
    except OSError:
        pass
    rustc = subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, check=True, text=True).stdout.split("(")[0]
    return f"{os.cpu_count()} × {model}; {system}; {rustc.strip()}"
