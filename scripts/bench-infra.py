"""Plan and apply by stagectl and by bare Terraform, in turns; see scripts/bench-infra."""

import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

# A plan of an environment of this repository asks Google about 76 resources; one that takes five seconds is a quick one.
ANSWER_SECONDS = 5
ROUNDS = 5
BOUND = 1.1
STAGECTL = os.path.abspath(".build/bin/stagectl")

STATE = json.dumps(
    {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "bench",
     "outputs": {"answer": {"value": "42", "type": "string"}}, "resources": []}).encode()


class SlowState(http.server.BaseHTTPRequestHandler):
    seconds = 0.0

    def do_GET(self):
        time.sleep(type(self).seconds)
        self.send_response(200)
        self.send_header("content-length", str(len(STATE)))
        self.end_headers()
        self.wfile.write(STATE)

    def log_message(self, *arguments):
        pass


ROOT = """
terraform {
  backend "local" {}
}
variable "round" {
  type = string
}
data "terraform_remote_state" "cloud" {
  backend = "http"
  config  = { address = "http://127.0.0.1:%d/state" }
}
resource "terraform_data" "item" {
  count = 50
  input = "${var.round}-${count.index}-${data.terraform_remote_state.cloud.outputs.answer}"
}
output "round" {
  value = var.round
}
"""


def project(folder, port):
    root = os.path.join(folder, "terraform")
    os.makedirs(root)
    os.makedirs(os.path.join(folder, "environments"))
    with open(os.path.join(root, "main.tf"), "w") as file:
        file.write(ROOT % port)
    with open(os.path.join(folder, "environments/local.yaml"), "w") as file:
        file.write(
            "platform: local\nproject: bench\nregion: us-central1\n"
            "infra:\n  root: terraform\n  backend: { path: bench.tfstate }\n"
            "  variables: { round: \"${env.ROUND}\" }\n")
    return root


def timed(command, folder, environment):
    begin = time.monotonic()
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    taken = time.monotonic() - begin
    if result.returncode not in (0, 2):
        sys.exit(f"bench-infra: {command} ended with {result.returncode}\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return taken


def bare(verb, root, number):
    environment = dict(os.environ, TF_VAR_round=str(number), TF_IN_AUTOMATION="1", CHECKPOINT_DISABLE="1")
    flags = ["-out=bare.tfplan"] if verb == "plan" else ["-auto-approve"]
    return timed(["terraform", verb, "-input=false", *flags], root, environment)


def ours(verb, folder, number):
    environment = dict(os.environ, ROUND=str(number))
    return timed([STAGECTL, "infra", verb, *(["--yes"] if verb == "apply" else [])], folder, environment)


def measure(folder, port, seconds):
    """Seconds of each, by verb: [stagectl], [terraform]; both have done everything once before."""
    SlowState.seconds = 0
    sides = [os.path.join(folder, name) for name in ("ours", "bare")]
    roots = [project(side, port) for side in sides]
    subprocess.run(
        ["terraform", "init", "-input=false", "-backend-config=path=bench.tfstate"], cwd=roots[1], check=True,
        capture_output=True)
    ours("apply", sides[0], 0)
    bare("apply", roots[1], 0)
    SlowState.seconds = seconds
    taken = {"plan": ([], []), "apply": ([], [])}
    for number in range(1, ROUNDS + 1):
        for verb, (mine, theirs) in taken.items():
            if number % 2:
                mine.append(ours(verb, sides[0], number))
                theirs.append(bare(verb, roots[1], number))
            else:
                theirs.append(bare(verb, roots[1], number))
                mine.append(ours(verb, sides[0], number))
    return taken


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowState)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rows = []
    for seconds, bound in ((ANSWER_SECONDS, BOUND), (0, None)):
        folder = tempfile.mkdtemp(prefix="bench-infra-")
        try:
            taken = measure(folder, server.server_address[1], seconds)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        for verb, (mine, theirs) in taken.items():
            ratio = statistics.median(mine) / statistics.median(theirs)
            rows.append({
                "name": f"infra {verb} over terraform {verb}" + ("" if seconds else ", no remote"), "unit": "ratio",
                "value": round(ratio, 3), "bound": bound, "within": bound is None or ratio <= bound,
                "detail": f"{statistics.median(mine):.2f} s against {statistics.median(theirs):.2f} s (n={ROUNDS})"})
    server.shutdown()
    for row in rows:
        print(f"{row['name']:<46}{row['value']:>8.2f}{str(row['bound'] or '-'):>8}   {row['detail']}"
              + ("" if row["within"] else "   OVER"))
    with open(".build/bench-infra.json", "w") as file:
        json.dump({"schema": "stagectl.bench/v1", "results": rows}, file, indent=2)
    sys.exit(0 if all(row["within"] for row in rows) else 1)


main()
