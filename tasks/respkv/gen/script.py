# SPDX-License-Identifier: MIT
"""A case in the making: each step is tried at the oracle and written down as a
line for drivers/resp, with the reply that the oracle gave."""

import re
import signal
import socket
import time

import spec
from oracle import NIL_ARRAY, Client, Error, Simple, to_bytes

SETS = {"SMEMBERS", "SUNION", "SINTER", "SDIFF", "HKEYS", "HVALS", "KEYS", "PUBSUB"}
PAIRS = {"HGETALL"}
TTLS = {"TTL": 1, "PTTL": 1000}
FLOAT = re.compile(rb"-?\d+\.\d+(e[+-]?\d+)?|[+-]?inf|-?\d(\.\d+)?e[+-]?\d+")
BARE = re.compile(r"[A-Za-z0-9_.:+%-]+\Z")
TTL_GRID = 10  # times to live in the suite are multiples of so many seconds


class Many:
    """@COUNT"text": one word of a line, COUNT arguments or elements."""

    def __init__(self, count, template):
        self.count = count
        self.template = template

    def __str__(self):
        return '@%d"%s"' % (self.count, self.template)

    def texts(self):
        return [re.sub(r"\{(i[^}]*)\}", lambda m: str(calculate(m.group(1), i)),
                       self.template).encode() for i in range(self.count)]


class Times:
    """"text"*COUNT: one long argument."""

    def __init__(self, text, count):
        self.text = text
        self.count = count

    def __str__(self):
        return quote(self.text.encode()) + "*%d" % self.count

    def texts(self):
        return [self.text.encode() * self.count]


def calculate(expression, i):
    """The driver's arithmetic: from left to right."""
    value = i
    for operator, number in re.findall(r"([-+*/%])(\d+)", expression):
        number = int(number)
        value = {"+": value + number, "-": value - number, "*": value * number,
                 "/": value // number, "%": value % number}[operator]
    return value


def quote(data):
    out = []
    for byte in data:
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif char == "\r":
            out.append("\\r")
        elif char == "\n":
            out.append("\\n")
        elif 32 <= byte < 127:
            out.append(char)
        else:
            out.append("\\x%02x" % byte)
    return '"%s"' % "".join(out)


def word(arg, first=False):
    """An argument as a word of a line."""
    if isinstance(arg, (Many, Times)):
        return str(arg)
    data = to_bytes(arg)
    text = data.decode("latin1")
    if BARE.match(text) and not (first and text.endswith(":")):
        return text
    return quote(data)


def expand(args):
    """The arguments as bytes."""
    out = []
    for arg in args:
        out += arg.texts() if isinstance(arg, (Many, Times)) else [to_bytes(arg)]
    return out


def shown(reply, loose=True):
    """A reply in the driver's notation; numbers with a fraction loosely."""
    if isinstance(reply, Simple):
        return "+" + reply
    if isinstance(reply, Error):
        return "-" + reply
    if isinstance(reply, int):
        return str(reply)
    if reply is None:
        return "nil"
    if reply is NIL_ARRAY:
        return "nil*"
    if isinstance(reply, list):
        return "[%s]" % " ".join(shown(x, loose) for x in reply)
    if loose and FLOAT.fullmatch(reply):
        return "~" + reply.decode()
    return quote(reply)


def shown_set(reply):
    return "{%s}" % " ".join(sorted(shown(x, False) for x in reply))


def shown_pairs(reply):
    pairs = zip(reply[::2], reply[1::2])
    return "%%{%s}" % " ".join(sorted(shown(a, False) + " " + shown(b, False) for a, b in pairs))


def shown_ttl(reply, unit):
    """A range around the tens of seconds, as a slow machine may take some."""
    if reply < 0:
        return str(reply)
    grid = TTL_GRID * unit
    high = -(-reply // grid) * grid
    return "%d..%d" % (max(0, high - 2 * grid), high)


def shown_for(name, reply):
    """The notation for the reply of a command: its order may be free."""
    if name in TTLS and isinstance(reply, int):
        return shown_ttl(reply, TTLS[name])
    if isinstance(reply, list) and name in SETS:
        return shown_set(reply)
    if isinstance(reply, list) and name in PAIRS:
        return shown_pairs(reply)
    return shown(reply)


class Case:
    """Builds one case.  `server` is shared and emptied, or the case's own."""

    def __init__(self, server, area, level, statements=()):
        self.server = server
        self.area = area
        self.level = level
        self.statements = set(statements)
        self.phases = []
        self.lines = []
        self.plan = 0
        self.clients = {}
        self.wants = []
        self.client("a").call("FLUSHALL")
        self.probe()  # the last case's connections are gone

    # ---- connections

    def client(self, conn):
        if conn not in self.clients:
            self.clients[conn] = Client(self.server.port)
        return self.clients[conn]

    def line(self, conn, text):
        self.lines.append(text if conn == "a" else "%s: %s" % (conn, text))

    def expect(self, text):
        self.plan += 1
        self.wants.append(text)

    # ---- commands

    def about(self, args):
        name = expand(args[:1])[0].decode("latin1")
        words = [to_bytes(a).decode("latin1") for a in args[1:]
                 if not isinstance(a, (Many, Times))]
        self.statements |= spec.of_command([name] + words)
        return name.upper()

    def do(self, *args, conn="a", want=None):
        """A command and its reply; `want` overrides what the oracle says."""
        name = self.about(args)
        reply = self.client(conn).call(*expand(args))
        text = want or shown_for(name, reply)
        self.expect(text)
        self.line(conn, "%s => %s" % (self.command(args), text))
        return reply

    def command(self, args):
        return " ".join(word(a, first=i == 0) for i, a in enumerate(args))

    def send(self, conn, *args):
        """A command whose reply is read later, by receive()."""
        self.about(args)
        self.client(conn).send(expand(args))
        self.line(conn, self.command(args))

    def receive(self, conn, want=None, of=""):
        """The next reply; `of` names its command if that says how to read it."""
        reply = self.client(conn).reply()
        text = want or shown_for(str(of).upper(), reply)
        self.expect(text)
        self.line(conn, "=> " + text)
        return reply

    def raw(self, data, conn="a"):
        self.client(conn).raw(data)
        self.line(conn, ".raw " + quote(data))

    # ---- the other directives

    def directive(self, text, conn="a"):
        self.line(conn, text)

    def shut(self, conn):
        self.client(conn).sock.shutdown(socket.SHUT_WR)
        self.line(conn, ".shut")

    def probe(self):
        """The oracle has seen all that was sent, and has written its replies."""
        probe = self.client(" probe")
        for _ in range(3):
            probe.call("PING")

    def settle(self):
        """The server has seen all that was sent."""
        self.probe()
        self.lines.append(".settle")

    def receive_all(self, conn):
        """Whatever the oracle has sent to this connection."""
        self.probe()
        while not self.client(conn).quiet(0):
            self.receive(conn)

    def none(self, conn, ms=8):
        self.probe()
        if not self.client(conn).quiet(0.001):
            raise AssertionError("something came for %s" % conn)
        self.expect("nothing")
        self.line(conn, ".none %d" % ms)

    def held(self, conn, ms):
        self.expect("nothing")
        self.line(conn, ".held %d" % ms)

    def closed(self, conn="a"):
        if not self.client(conn).closed():
            raise AssertionError("the oracle did not close %s" % conn)
        self.expect("closed")
        self.line(conn, ".closed")

    def close(self, conn):
        self.clients.pop(conn).close()
        self.line(conn, ".close")

    def sleep(self, ms):
        time.sleep(ms / 1000)
        self.lines.append(".sleep %d" % ms)

    def scan(self, *args, want):
        """A loop over cursors; % stands for the cursor."""
        self.about(args)
        self.expect(want)
        self.lines.append(".scan %s => %s" % (self.command(args), want))

    def pipe(self, times, *commands):
        """Commands with their replies, by model: not tried at the oracle."""
        self.lines.append(".pipe %d" % times)
        for text, want in commands:
            self.statements |= spec.of_command(text.split())
            self.lines.append("%s => %s" % (text, want))
        self.lines.append(".end")
        self.expect("pipe")

    # ---- phases

    def end_phase(self, tear=0, end="kill", last=False, oracle=True):
        """`oracle` is false where a model says what comes next: it is not restarted."""
        phase = {"script": "\n".join(self.lines) + "\n", "plan": self.plan}
        if end != "kill":
            phase["end"] = end
        if tear:
            phase["tear"] = tear
        self.phases.append(phase)
        self.lines, self.plan = [], 0
        for client in self.clients.values():
            client.close()
        self.clients = {}
        if not last and oracle:
            self.server.stop(signal.SIGTERM if end == "term" else signal.SIGKILL)
            if tear:
                self.server.tear(tear)
            self.server.start()

    def finish(self):
        self.end_phase(last=True)
        return self

    def record(self, name):
        return {"id": name, "level": self.level,
                "spec": sorted(self.statements, key=spec.order), "phases": self.phases}
