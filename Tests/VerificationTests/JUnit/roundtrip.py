"""Reads a JUnit report with PyPI's junitparser, writes it, reads that again, and prints what both readings hold."""

import json
import os
import sys
import tempfile

from junitparser import Failure, Error, JUnitXml, Skipped


def contents(xml):
    return [
        {
            "suite": suite.name,
            "counts": [suite.tests, suite.failures, suite.errors, suite.skipped],
            "cases": [
                {
                    "name": case.name,
                    "classname": case.classname,
                    "outcomes": [
                        [type(entry).__name__, entry.message]
                        for entry in case.result
                        if isinstance(entry, (Failure, Error, Skipped))
                    ],
                }
                for case in suite
            ],
        }
        for suite in xml
    ]


first = JUnitXml.fromfile(sys.argv[1])
read = contents(first)
# Counts as junitparser counts them, beside those that the report states.
for suite in first:
    suite.update_statistics()
counted = contents(first)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "again.xml")
    first.write(path)
    again = contents(JUnitXml.fromfile(path))
json.dump({"read": read, "counted": counted, "again": again}, sys.stdout)
