"""Runs a command in a pseudo-terminal and tells what a person would see, as an emulator of the Linux console shows it.

    terminal_screen.py 80x24 [--when TEXT ACTION]... -- COMMAND...

ACTION is `60x20` (the window gets that size), `interrupt` (Ctrl-C), `type:TEXT` (with Enter), `shell:COMMAND` (run beside
it) or `look`; each is done once TEXT stands on the screen, one after the other. Prints one JSON document: exit code, the
lines that are left (scroll-back first), and what stood on the screen at each action, and some time after it.
"""

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

import pyte

DEADLINE_SECONDS = 90
# Long enough for the next frames to be drawn: there are ten a second.
SETTLING_SECONDS = 0.5


def size_of(text):
    columns, lines = text.split("x")
    return int(columns), int(lines)


def set_size(descriptor, columns, lines):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def text_of(line, columns):
    return "".join(line[x].data for x in range(columns)).rstrip()


class Terminal:
    def __init__(self, command, columns, lines):
        self.screen = pyte.HistoryScreen(columns, lines, history=5000, ratio=0.01)
        self.stream = pyte.ByteStream(self.screen)
        # The child begins when its window has a size.
        ready, go = os.pipe()
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.close(go)
            os.read(ready, 1)
            os.environ["TERM"] = "linux"
            os.execvp(command[0], command)
        os.close(ready)
        set_size(self.descriptor, columns, lines)
        os.close(go)

    @property
    def display(self):
        return [line.rstrip() for line in self.screen.display]

    def resize(self, columns, lines):
        set_size(self.descriptor, columns, lines)
        self.screen.resize(lines, columns)

    def read(self, seconds):
        """False once the other side is gone."""
        readable, _, _ = select.select([self.descriptor], [], [], seconds)
        if not readable:
            return True
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.stream.feed(data)
        return bool(data)

    def read_for(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not self.read(left):
                return False
        return True

    def lines_left(self):
        old = [text_of(line, self.screen.columns) for line in self.screen.history.top]
        lines = old + self.display
        while lines and not lines[-1]:
            lines.pop()
        return lines


def main():
    arguments = sys.argv[1:]
    split = arguments.index("--")
    options, command = arguments[:split], arguments[split + 1 :]
    terminal = Terminal(command, *size_of(options[0]))
    actions = [(options[i + 1], options[i + 2]) for i in range(1, len(options), 3)]
    seen = []
    end = time.monotonic() + DEADLINE_SECONDS
    alive = True
    while alive and time.monotonic() < end:
        alive = terminal.read(0.05)
        if actions and any(actions[0][0] in line for line in terminal.display):
            text, action = actions.pop(0)
            before = terminal.display
            if action == "interrupt":
                os.write(terminal.descriptor, b"\x03")
            elif action.startswith("type:"):
                os.write(terminal.descriptor, action.removeprefix("type:").encode() + b"\n")
            elif action.startswith("shell:"):
                subprocess.run(action.removeprefix("shell:"), shell=True, check=True)
            elif action != "look":
                terminal.resize(*size_of(action))
            alive = alive and terminal.read_for(SETTLING_SECONDS)
            seen.append({"when": text, "before": before, "after": terminal.display})
    if alive:
        os.kill(terminal.process, 9)
    _, status = os.waitpid(terminal.process, 0)
    print(
        json.dumps(
            {"exit": os.waitstatus_to_exitcode(status), "left": terminal.lines_left(), "seen": seen, "missed": actions}
        )
    )


main()
