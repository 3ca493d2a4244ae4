# SPDX-License-Identifier: MIT
"""The oracle: redis-server from the unpacked packages, on a loopback port."""

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class Simple(str):
    """A simple string reply."""


class Error(str):
    """An error reply; only its first word is kept."""


class NilArray:
    """The null array."""


NIL_ARRAY = NilArray()
WAIT_SECONDS = 10


class Client:
    """One connection to the oracle."""

    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(WAIT_SECONDS)
        self.data = b""

    def close(self):
        self.sock.close()

    def raw(self, data):
        self.sock.sendall(data)

    def send(self, args):
        self.raw(encode(args))

    def more(self):
        got = self.sock.recv(1 << 20)
        if not got:
            raise EOFError("the oracle closed the connection")
        self.data += got

    def line(self):
        while b"\r\n" not in self.data:
            self.more()
        line, self.data = self.data.split(b"\r\n", 1)
        return line

    def take(self, size):
        while len(self.data) < size:
            self.more()
        got, self.data = self.data[:size], self.data[size:]
        return got

    def reply(self):
        line = self.line()
        mark, rest = line[:1], line[1:]
        if mark == b"+":
            return Simple(rest.decode())
        if mark == b"-":
            return Error(rest.decode("latin1").split(" ")[0])
        if mark == b":":
            return int(rest)
        if mark == b"$":
            return None if rest == b"-1" else self.take(int(rest) + 2)[:-2]
        if rest == b"-1":
            return NIL_ARRAY
        return [self.reply() for _ in range(int(rest))]

    def call(self, *args):
        self.send(args)
        return self.reply()

    def quiet(self, seconds):
        """Whether nothing arrives for so long."""
        return not self.data and not select.select([self.sock], [], [], seconds)[0]

    def closed(self):
        try:
            return not self.data and self.sock.recv(1) == b""
        except ConnectionResetError:
            return True


def to_bytes(arg):
    return arg if isinstance(arg, bytes) else str(arg).encode()


def encode(args):
    parts = [b"*%d\r\n" % len(args)]
    for arg in map(to_bytes, args):
        parts.append(b"$%d\r\n%s\r\n" % (len(arg), arg))
    return b"".join(parts)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Server:
    """A running redis-server.  With a log it can be killed and started again."""

    def __init__(self, root, log=False):
        self.root = os.path.abspath(root)
        self.log = log
        self.dir = tempfile.mkdtemp(prefix="respkv-")
        self.process = None
        self.port = 0
        self.start()

    def command(self):
        lib = os.path.join(self.root, "usr/lib/x86_64-linux-gnu")
        return [
            os.path.join(self.root, "lib64/ld-linux-x86-64.so.2"), "--inhibit-cache",
            "--library-path", lib, os.path.join(self.root, "usr/bin/redis-server"),
            "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.dir, "--save", "",
            "--appendonly", "yes" if self.log else "no", "--appendfsync", "no",
            "--auto-aof-rewrite-percentage", "0"]

    def start(self):
        self.port = free_port()
        self.process = subprocess.Popen(
            self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd=self.dir)
        for _ in range(1000):
            if self.answers():
                return
            time.sleep(0.005)
        raise RuntimeError("the oracle does not start")

    def answers(self):
        try:
            client = Client(self.port)
            answer = client.call("PING")
            client.close()
        except (OSError, EOFError):
            return False
        return answer == "PONG"

    def stop(self, sig=signal.SIGKILL):
        self.process.send_signal(sig)
        self.process.wait()

    def tear(self, size):
        """Cuts the end off the file that was written last."""
        files = [os.path.join(base, name) for base, _, names in os.walk(self.dir)
                 for name in names]
        last = max(files, key=lambda path: os.stat(path).st_mtime_ns)
        os.truncate(last, max(0, os.path.getsize(last) - size))

    def done(self):
        self.stop()
        shutil.rmtree(self.dir)


class Servers:
    """One server for the cases that need no log; a new one for each that does."""

    def __init__(self, root):
        self.root = root
        self.shared = Server(root)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.shared.done()

    @contextlib.contextmanager
    def use(self, logged):
        if not logged:
            yield self.shared
            return
        server = Server(self.root, log=True)
        try:
            yield server
        finally:
            server.done()
