"""Checks the folders of Terraform below the one that is given: `check.py FOLDER`. Prints each finding as a line.

Exit status: 0 nothing found, 1 findings, 2 a file cannot be read.
"""

import sys

import configuration
import references
import rules


def findings(root):
    folders = configuration.read(root)
    found = list(references.findings(folders))
    for rule in rules.ALL:
        found += rule(folders)
    return folders, found


if __name__ == "__main__":
    try:
        folders, found = findings(sys.argv[1])
    except configuration.Unreadable as error:
        print(error)
        sys.exit(2)
    print(*found, sep="\n", end="\n" if found else "")
    resources = sum(len(folder.resources) for folder in folders.values())
    print(f"{len(folders)} folders, {resources} resources, {len(rules.ALL)} rules: {len(found)} findings")
    sys.exit(1 if found else 0)
