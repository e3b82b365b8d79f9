"""The console page in a real browser, headless: what is deployed shows, live, and hostile text stays text.

STAGECTL_CHROMIUM names the browser. STAGECTL_TEST_SCREENSHOTS is a folder for pictures to look at.
"""

import html
import os
import re
import struct
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request
import zlib

import google.cloud.run_v2 as run_v2

from local_cloud_run import PARENT, ConformanceTest

HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


class ConsoleTests(ConformanceTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        program = os.environ["STAGECTL_SAMPLE_EXECUTABLE"]
        script = "echo \"$LINE\"; echo '%s'; exec '%s' backend" % (
            '{"severity":"ERROR","message":"</script>&amp; broken"}', program)
        template = run_v2.RevisionTemplate(containers=[run_v2.Container(
            image=cls.server.shell(), args=[script], env=[run_v2.EnvVar(name="LINE", value=HOSTILE)])])
        service = run_v2.Service(template=template, invoker_iam_disabled=True)
        cls.service = cls.clients.services.create_service(
            parent=PARENT, service_id="shown", service=service).result(timeout=60)
        for path in ("/version", "/%3Cb%3Ebold", "/absent?q=%3Ci%3Ex"):
            request = urllib.request.Request(cls.service.urls[1] + path, headers={"User-Agent": HOSTILE})
            try:
                urllib.request.urlopen(request, timeout=30).read()
            except urllib.error.HTTPError as error:
                error.read()

    def browse(self, *flags, seconds=6):
        """Lets the page live for some seconds of the browser's own, virtual time."""
        with tempfile.TemporaryDirectory() as profile:
            return subprocess.run(
                [
                    os.environ["STAGECTL_CHROMIUM"], "--headless=old", "--no-sandbox", "--disable-gpu",
                    "--disable-dev-shm-usage", f"--user-data-dir={profile}", f"--virtual-time-budget={seconds * 1000}",
                    *flags, self.server.url + "/",
                ],
                capture_output=True, timeout=120, check=True)

    def test_what_is_deployed_shows(self):
        page = self.browse("--dump-dom").stdout.decode()
        text = html.unescape(re.sub(r"<[^>]*>", "\n", re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.S)))
        revision = self.service.latest_ready_revision.split("/")[-1]
        for wanted in ("shown", revision, "Ready", "public", "100 %", "/version", "200", "404", "live"):
            self.assertIn(wanted, text)
        self.assertIn(HOSTILE, text)
        self.assertIn("</script>&amp; broken", text)
        self.assertIn("<title>Local Cloud Run</title>", page)
        # The page's own script is the only one, and no picture came to be.
        self.assertEqual(len(re.findall(r"<script", page)), 1)
        self.assertNotIn("<img", page)

    def test_the_page_breaks_no_rule_of_its_own(self):
        errors = self.browse("--dump-dom", "--enable-logging=stderr", "--v=0").stderr.decode()
        self.assertNotRegex(errors, r"CONSOLE.*(Refused|Uncaught|violates|Error)")

    def test_pictures(self):
        folder = os.environ.get("STAGECTL_TEST_SCREENSHOTS") or self.server.folder.name
        os.makedirs(folder, exist_ok=True)
        for name, size, flags in [
            ("wide", (1280, 900), []), ("narrow", (390, 844), []),
            ("dark", (1280, 900), ["--force-dark-mode", "--enable-features=WebContentsForceDark"]),
        ]:
            path = f"{folder}/console-{name}.png"
            self.browse(f"--screenshot={path}", f"--window-size={size[0]},{size[1]}", "--hide-scrollbars", *flags)
            with open(path, "rb") as file:
                picture = file.read()
            self.assertEqual(struct.unpack(">II", picture[16:24]), size)
            self.assertGreater(len(self.rows(picture)), 30, "a page without text has few rows that differ")

    def rows(self, picture):
        """The distinct rows of a PNG, as its filters left them."""
        data, at = b"", 8
        while at < len(picture):
            length, kind = struct.unpack(">I4s", picture[at:at + 8])
            if kind == b"IDAT":
                data += picture[at + 8:at + 8 + length]
            at += length + 12
        width, height = struct.unpack(">II", picture[16:24])
        raw = zlib.decompress(data)
        stride = len(raw) // height
        return {raw[index * stride:(index + 1) * stride] for index in range(height)}


if __name__ == "__main__":
    unittest.main()
