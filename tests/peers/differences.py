"""The intended differences between az and azr in random lines.

Each has a row, or a paragraph, in docs/migration.md that contains its text.
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


def both_refuse(line, az, azr):
    """azr detects a mistake before it asks the service, or another one of several mistakes."""
    return az[0] != 0 and azr[0] in (1, 2) and not az[1] and not azr[1]


def lenient_shorthand(line, az, azr):
    return az[0] == 1 and "Shorthand Syntax Error" in az[2]


def help_for_a_value(line, az, azr):
    return "??" in line and azr[0] == 0 and "Argument" in azr[1] and (az[0] != 0 or "Argument" in az[1])


def unusable_number_or_boolean(line, az, azr):
    return azr[0] == 2 and re.search("is not (a whole number|true or false)", azr[2])


def refused_name(line, az, azr):
    return azr[0] == 1 and not azr[1] and re.search(r"ERROR: --?[a-z-]+: '.*' (contains|is not a valid)", azr[2])


def id_of_another_type(line, az, azr):
    return azr[0] == 1 and not azr[1] and re.search(r"ERROR: --ids: '.*' is not the id of", azr[2])


def crash(line, az, azr):
    return az[0] == 1 and "To check existing issues" in az[2]


def failed_write(line, az, azr):
    return az[0] == 0 and azr[0] == 1 and "Error while writing" in az[2]


def not_registered(line, az, azr):
    """az logs that it cannot load the document, or nothing if the location is empty."""
    return line.startswith("apic api register ") and az[0] == 0 and not az[1] and azr[0] == 1 and re.search(
        "ERROR: .*(cannot read|is not an API definition)", azr[2])


def shorthand_in_file(line, az, azr):
    return az[0] == 1 and azr[0] == 0 and "Expecting property name enclosed in double quotes" in az[2]


def misplaced_words(line, az, azr):
    """An option before or within the command, or `--` after everything else."""
    words = line.split()
    is_within = "is misspelled or not recognized by the system" in az[2]
    return az[0] == 2 and azr[0] != 2 and (words[0].startswith("-") or is_within or words[-1] == "--")


def number_beyond_double(line, az, azr):
    return az[0] == azr[0] == 0 and re.search(r"\b(inf|Infinity)\b", az[1]) and re.search(r"\de\d{3}", line)


def invalid_object_id(line, az, azr):
    return az[0] == 0 and azr[0] == 1 and "is not an object id" in azr[2]


# A text of the documentation, and whether it explains the results (exit code, stdout, stderr) of az and azr for a line.
RULES = [
    ("a failed write, or an unknown file ending, is logged and exits 0", failed_write),
    ("a failed write, or an unknown file ending, is logged and exits 0", not_registered),
    ("a file with shorthand is refused", shorthand_in_file),
    ("a number beyond the range of a double", number_beyond_double),
    ("options before the last word of a command, and `--` after everything else, are refused", misplaced_words),
    ("`a=multi word value` and unquoted URLs in shorthand are refused", lenient_shorthand),
    ("the texts of `--help`", help_for_a_value),
    ("a number or boolean that cannot be parsed is dropped", unusable_number_or_boolean),
    ("Names with characters that the service refuses are refused before a request", refused_name),
    ("the id of another type in `--ids`", id_of_another_type),
    ("a text that is not an object id is sent in a filter", invalid_object_id),
    ("errors end in a stack trace", crash),
    ("a mistake is detected by the service, or after a first request", both_refuse),
]


def reason(line, az, azr):
    return next((text for text, applies in RULES if applies(line, az, azr)), None)


def check():
    """Every reason is documented."""
    documented = " ".join((ROOT / "docs/migration.md").read_text("utf-8").split())
    missing = [text for text, _ in RULES if text not in documented]
    assert not missing, f"docs/migration.md does not contain: {missing}"
