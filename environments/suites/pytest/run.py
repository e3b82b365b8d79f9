"""Starts pytest with an interpreter that has it: this one, else the one that `scripts/install-tools` makes."""

import importlib.util
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
MADE = HERE.parents[2] / ".build" / "venv" / "bin" / "python"


def main() -> None:
    interpreter = sys.executable
    if importlib.util.find_spec("pytest") is None:
        if not MADE.exists():
            sys.exit("pytest is missing: python3 -m pip install pytest, or scripts/install-tools")
        interpreter = str(MADE)
    # Nothing is written beside the tests: several runs may take place at once.
    arguments = ["-B", "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(HERE), str(HERE)]
    os.execv(interpreter, [interpreter, *arguments, *sys.argv[1:]])


main()
