"""Times releases of many services in layers, for scripts/bench-layers.

    bench-layers.py SEED     STAGECTL and SAMPLE name the programs, REPORT the file that the figures go to
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

LAYERS, WIDTH, BOUND = 5, 10, 1.3
SECONDS = (2.0, 8.0)
PORT = int(os.environ.get("BENCH_LAYERS_PORT", "18970"))


def name(layer, number):
    return "layer%d-service%d" % (layer + 1, number)


class Project:
    """Services that a layer of others stands on, in a folder of their own."""

    def __init__(self, folder, delays):
        self.folder, self.delays = folder, delays
        self.environment = dict(
            os.environ, STAGECTL_STATE=folder + "/.stagectl", STAGECTL_LOCAL_PORT=str(PORT),
            STAGECTL_LOCAL_INGRESS_PORT=str(PORT + 1), STAGECTL_LOCAL_RUNTIME="process", NO_COLOR="1")
        os.makedirs(folder + "/environments")
        os.makedirs(folder + "/image")
        shutil.copy(os.environ["SAMPLE"], folder + "/image/SampleService")
        with open(folder + "/environments/local.yaml", "w") as file:
            file.write("platform: local\nproject: local-project\nregion: us-central1\n")

    def write(self, version):
        with open(self.folder + "/environments/services.yaml", "w") as file:
            file.write("services:\n")
            for layer in range(LAYERS):
                below = ", ".join(name(layer - 1, other) for other in range(WIDTH)) if layer else ""
                for number in range(WIDTH):
                    file.write(
                        "  %s:\n"
                        "    source: { paths: [image], context: image, process: [image/SampleService] }\n"
                        "    env: { SAMPLE_ROLE: auth, JWT_SECRET: bench, VERSION: \"%d\" }\n"
                        "    public: true\n"
                        "    identity: { header: x-revision }\n"
                        "    probes: { startup: { tcp: true, period: 1s, failure_threshold: 60 } }\n"
                        "    health: { path: /health, samples: 5, interval: 100ms, window: 30s, timeout: 5s }\n"
                        "    depends_on: [%s]\n" % (name(layer, number), version, below))

    def run(self, *arguments, code=0):
        began = time.perf_counter()
        done = subprocess.run(
            [os.environ["STAGECTL"], *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True)
        taken = time.perf_counter() - began
        if done.returncode != code:
            sys.exit("bench-layers: %s ended with %d\n%s" % (" ".join(arguments), done.returncode, done.stderr[-3000:]))
        return taken, done.stdout

    def deploy(self, *services):
        taken, text = self.run("deploy", *services, "--yes", "--allow-dirty", "-o", "json")
        outcomes = {service["outcome"] for service in json.loads(text)["services"]}
        if outcomes != {"promoted"}:
            sys.exit("bench-layers: not promoted but %s" % outcomes)
        return taken

    def delay(self):
        rules = [{"id": service, "on": {"service": service}, "effect": {"readinessDelay": "%dms" % (seconds * 1000)}}
                 for service, seconds in self.delays.items()]
        path = self.folder + "/faults.json"
        with open(path, "w") as file:
            json.dump({"seed": 1, "rules": rules}, file)
        self.run("local", "faults", "set", path)


def main(seed):
    chance = random.Random(seed)
    delays = {name(layer, number): round(chance.uniform(*SECONDS), 3)
              for layer in range(LAYERS) for number in range(WIDTH)}
    folder = tempfile.mkdtemp(prefix="bench-layers-")
    project = Project(folder, delays)
    try:
        project.write(1)
        project.deploy("--all")
        project.delay()
        project.write(2)
        whole = project.deploy("--all")
        project.write(3)
        slowest = [max((name(layer, number) for number in range(WIDTH)), key=delays.get) for layer in range(LAYERS)]
        alone = {service: project.deploy(service) for service in slowest}
    finally:
        subprocess.run([os.environ["STAGECTL"], "local", "down"], cwd=folder, env=project.environment,
                       capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)
    total = sum(alone.values())
    ratio = whole / total
    report = {"seed": seed, "services": LAYERS * WIDTH, "layers": LAYERS, "seconds": round(whole, 2),
              "alone": {service: round(taken, 2) for service, taken in alone.items()},
              "sum": round(total, 2), "ratio": round(ratio, 3), "bound": BOUND}
    with open(os.environ["REPORT"], "w") as file:
        json.dump(report, file, indent=2)
    print("%d services in %d layers: %.1f s; the slowest of each layer alone, together: %.1f s; ratio %.2f (bound %.1f)"
          % (LAYERS * WIDTH, LAYERS, whole, total, ratio, BOUND))
    return 0 if ratio <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
