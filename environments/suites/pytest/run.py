"""Starts pytest with an interpreter that has it: this one, else one of those that `scripts/install-tools` provides."""

import importlib.util
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[2] / ".build"
OTHERS = [BUILD / "venv/bin/python", BUILD / "suites-venv/bin/python", pathlib.Path("/usr/bin/python3")]


def interpreter() -> str:
    if importlib.util.find_spec("pytest"):
        return sys.executable
    for other in OTHERS:
        if other.exists() and subprocess.run([other, "-c", "import pytest"], capture_output=True).returncode == 0:
            return str(other)
    sys.exit("pytest is missing: python3 -m pip install pytest, or scripts/install-tools")


def main() -> None:
    chosen = interpreter()
    # Nothing is written beside the tests: several runs may take place at once.
    arguments = ["-B", "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(HERE), str(HERE)]
    os.execv(chosen, [chosen, *arguments, *sys.argv[1:]])


main()
