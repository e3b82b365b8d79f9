"""Makes the evidence of a run as large as is asked, and measures how reports of it are made.

usage: bench-report.py STAGECTL STATE RUN CHECKS
"""

import json
import os
import pathlib
import subprocess
import sys
import time

stagectl, state, run, count = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])


def enlarge():
    """Every fiftieth check fails, every hundredth passes at its second attempt."""
    path = state / "reports" / f"{run}.json"
    evidence = json.loads(path.read_text())
    part = evidence["parts"][0]
    verdict = part["verdict"]
    known = [check for check in verdict["checks"] if check["status"] == "passed"]
    checks = []
    for number in range(count):
        check = json.loads(json.dumps(known[number % len(known)]))
        check["id"] = f"{check['id']}-{number}"
        if number % 50 == 0:
            check.update(status="failed", summary=f"answered 503, wanted 200 after {number} ms", cause="the service does not answer")
            part["reproduction"][f"{check['suite']}/{check['id']}"] = ["curl --include 'https://backend.example.test/'"]
        elif number % 100 == 1:
            check["status"] = "flaky"
            check["evidence"]["attempts"] = [{"milliseconds": 3, "problem": "no connection"}, {"status": 200, "milliseconds": 4}]
        checks.append(check)
    verdict["checks"] = checks
    counts = {name: 0 for name in verdict["counts"]}
    for check in checks:
        counts[check["status"]] += 1
    counts["total"] = count
    verdict["counts"] = counts
    evidence["parts"] = [part]
    path.write_text(json.dumps(evidence))


def measure(arguments):
    """Seconds, and megabytes of the process at its largest."""
    start = time.monotonic()
    process = subprocess.Popen([stagectl, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(arguments)} ended with status {status}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


enlarge()
worst = (0.0, 0.0)
print(f"| rendering of {count} checks | best of 5, s | largest, MB | file, kB |\n|---|---:|---:|---:|")
for rendering in ("html", "markdown", "json", "junit", "text"):
    file = state / f"report.{rendering}"
    runs = [measure(["report", run, "--format", rendering, "--file", str(file)]) for _ in range(5)]
    seconds, memory = min(runs)[0], max(size for _, size in runs)
    worst = max(worst[0], seconds), max(worst[1], memory)
    print(f"| {rendering} | {seconds:.2f} | {memory:.0f} | {file.stat().st_size / 1000:.0f} |")
limits = (1.0, 128.0)
print(f"slowest {worst[0]:.2f} s of {limits[0]:.0f}, largest {worst[1]:.0f} MB of {limits[1]:.0f}")
sys.exit(0 if worst[0] <= limits[0] and worst[1] <= limits[1] else 1)
