# SPDX-License-Identifier: MIT
"""Area protocol: requests as bytes, pipelines, inline commands, large arguments."""

import area_hashes
import area_lists
import area_strings
from family import ODD, Draw
from oracle import encode
from script import Case, Many, Times, quote


def mixed(d):
    table = d.pick(area_strings.STRINGS, area_lists.OTHERS, area_hashes.OTHERS)
    return d.pick(*table[d.pick(*sorted(table))])(d)


def pipeline(server, rng, level):
    """Many requests in one write, or in pieces of a few bytes."""
    d = Draw(rng, level)
    case = Case(server, "protocol", level, ["2.4", "2.3", "1.4"])
    case.do("SET", d.keys[0], d.word())
    if rng.random() < 0.5 or level > 1:
        case.directive(".split %d" % rng.choice([1, 2, 3, 5, 7, 11]))
    commands = [mixed(d) for _ in range(4 + 6 * level)]
    if level > 1:
        commands.insert(rng.randrange(len(commands)), ["NOSUCH", d.word()])
        commands.insert(rng.randrange(len(commands)), ["GET"])
    case.directive(".cork")
    for args in commands:
        case.send("a", *args)
    case.directive(".flush")
    for args in commands:
        case.receive("a", of=args[0])
    case.do("EXISTS", *d.keys)
    return case.finish()


def letters(server, rng, level):
    """Commands and options in any case, keys and values as they are."""
    d = Draw(rng, level)
    case = Case(server, "protocol", level, ["2.1"])
    key = d.keys[0]

    def any_case(text):
        return "".join(rng.choice([c.lower(), c.upper()]) for c in text)
    case.do(any_case("SET"), key, d.word(), any_case("NX"))
    case.do(any_case("SET"), key.upper(), d.word().upper(), any_case("XX"))
    case.do(any_case("GET"), key)
    case.do(any_case("GET"), key.upper())
    case.do(any_case("RPUSH"), d.keys[1], *d.some(3, 4))
    case.do(any_case("LINSERT"), d.keys[1], any_case("BEFORE"), d.words[0], "X")
    case.do(any_case("LRANGE"), d.keys[1], 0, -1)
    if level > 1:
        case.do(any_case("ZADD"), d.keys[2], any_case("CH"), 2, "Ab", 1, "aB")
        case.do(any_case("ZRANGE"), d.keys[2], 0, -1, any_case("WITHSCORES"))
        case.do(any_case("HSET"), "h" + key, "Field", d.word(), "field", d.word())
        case.do(any_case("HGETALL"), "h" + key)
        case.do(any_case("GETEX"), key, any_case("PERSIST"))
    return case.finish()


def inline_word(rng, text):
    """A way to write the word in an inline command."""
    if text and all(c.isalnum() or c in ":_" for c in text) and rng.random() < 0.5:
        return text
    if rng.random() < 0.4 and all(32 <= ord(c) < 127 and c != "\\" for c in text):
        return "'%s'" % text.replace("'", "\\'")
    out = ""
    for c in text:
        named = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\a": "\\a", "\\": "\\\\", '"': '\\"'}
        out += named.get(c) or (c if 32 <= ord(c) < 127 else "\\x%02x" % ord(c))
    return '"%s"' % out


def inline(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "protocol", level, ["2.2"])
    key = d.keys[0]
    odd = ["a b", "say \"so\"", "it's", "tab\there", "back\\slash", "\x00\x7f\x1b", "", "\r\n", "\a\b", d.word()]
    values = rng.sample(odd if level > 1 else odd[:3] + [d.word()], 2 if level == 1 else 4)
    end = rng.choice(["\n", "\r\n"])
    for i, value in enumerate(values):
        words = ["rpush", "%s:l" % key, value] if i % 2 else ["SET", key, value]
        gap = " " * rng.randint(1, 3)
        case.raw((gap.join(inline_word(rng, w) for w in words) + end).encode("latin1"))
        case.receive("a")
        case.do(*(["LINDEX", "%s:l" % key, -1] if i % 2 else ["GET", key]))
    case.raw(("%sPING%s" % (end * rng.randint(1, 3), end)).encode())
    case.receive("a")
    case.raw(("EXISTS %s nothing%s" % (key, end)).encode() + encode(["STRLEN", key]) + b"ECHO last" + end.encode())
    for _ in range(3):
        case.receive("a")
    case.statements |= {"4.1", "2.4"}
    return case.finish()


def connection(server, rng, level):
    """PING, ECHO, QUIT, and what stands behind QUIT."""
    d = Draw(rng, level)
    case = Case(server, "protocol", level, ["4.1", "4.4"])
    key = d.keys[0]
    case.do("PING")
    case.do("PING", rng.choice(ODD[1:]) if level > 1 else d.word())
    case.do("ECHO", rng.choice(ODD) if level > 1 else d.word())
    case.do("SET", key, d.word(), conn="b")
    if level > 1:
        case.do("PING", "a", "b")
        case.do("ECHO")
    if level == 1:
        case.do("QUIT", conn="b")
    else:
        case.directive(".cork", conn="b")
        case.send("b", "APPEND", key, "1")
        case.send("b", rng.choice(["QUIT", "quit"]))
        case.send("b", "SET", key, "never")
        case.directive(".flush", conn="b")
        case.receive("b")
        case.receive("b")
    case.closed("b")
    case.do("GET", key)
    case.do("PING")
    return case.finish()


def ignored(server, rng, level):
    """Requests without a command, and commands that are wrong."""
    d = Draw(rng, level)
    case = Case(server, "protocol", level, ["2.7", "2.5"])
    key = d.keys[0]
    case.do("SET", key, d.word())
    for _ in range(level):
        case.raw(b"*%d\r\n" % rng.choice([0, -1, -5, 0]) * rng.randint(1, 3))
    case.do("GET", key)
    for args in rng.sample([["NOSUCHTHING"], ["GETT", key], ["GET"], ["GET", key, key], ["SET", key], ["DEL"],
                            ["", key], ["INCR", key, 1], ["LPUSH", key], ["HSET", key, "f"], ["EXISTS"],
                            ["SET ", key, "v"], ["APPEND", key], ["RENAME", key], ["\x00GET", key]], 3 + level):
        case.do(*args)
        if level == 3:
            case.raw(b"*0\r\n")
    case.do("GET", key)
    return case.finish()


def bytes_in_all(server, rng, level):
    """Every byte in names and values of every type."""
    d = Draw(rng, level)
    case = Case(server, "protocol", level, ["2.8"])
    every = bytes(range(256))
    part = every[rng.randrange(0, 128):][:128] if level == 1 else every
    key = rng.choice([b"\x00", b"\r\n", b"$3\r\n", b" "]) + part[:20]
    case.do("SET", key, part)
    case.do("GET", key)
    case.do("STRLEN", key)
    if level > 1:
        case.do("HSET", b"h" + key, part, b"", b"", part)
        case.do("HGET", b"h" + key, part)
        case.do("HGET", b"h" + key, "")
        case.do("RPUSH", b"l" + key, part, "", "*1\r\n$4\r\nPING\r\n")
        case.do("LRANGE", b"l" + key, 0, -1)
        case.do("ZADD", b"z" + key, 1, part, 1, "", 1, "\n")
        case.do("ZRANGE", b"z" + key, 0, -1)
    case.do("SADD", b"s" + key, part, d.word(), "\xff")
    case.do("SISMEMBER", b"s" + key, part)
    case.do("EXISTS", key, part, b"s" + key)
    return case.finish()


def large(server, rng, level):
    """Long arguments, and many of them."""
    d = Draw(rng, level)
    case = Case(server, "protocol", level, ["2.8"])
    a, b, c = d.keys
    size = rng.randint(20000, 60000) * (1, 8, 60)[level - 1]
    text = rng.choice(["ab\r\ncd", "0123456789", "x\x00y", "$5\r\n"])
    case.do("SET", a, Times(text, size // len(text)))
    case.do("STRLEN", a)
    case.do("GETRANGE", a, size // 2, size // 2 + 30)
    if level > 1:
        case.do("APPEND", a, Times("tail", 5000))
        case.do("GETRANGE", a, -10, -1)
        count = rng.choice([20000, 50000] if level == 2 else [99000, 90000])
        case.do("RPUSH", b, Many(count, "e{i}"))
        case.do("LINDEX", b, count - 3)
        case.do("LRANGE", b, count // 2, count // 2 + 2)
        case.do("SET", c, d.word())
        case.do("DEL", Many(1000, "none:{i}"), c)
    case.do("GET", a, want=quote(text.encode()) + "*%d" % (size // len(text))) if level == 1 else case.do("EXISTS", a)
    return case.finish()


def half_closed(server, rng, level):
    """The sending side is closed behind a batch: it is executed nevertheless."""
    d = Draw(rng, level)
    case = Case(server, "protocol", level, ["2.9"])
    key = d.keys[0]
    count = rng.randint(3, 12) * level
    case.directive(".cork", conn="b")
    for i in range(count):
        case.send("b", "RPUSH", key, "%s%d" % (d.words[i % 5], i))
    if level > 1:
        case.raw(b"*3\r\n$5\r\nRPUSH\r\n$3\r\nnot", conn="b")
    case.directive(".flush", conn="b")
    case.shut("b")
    case.settle()
    case.do("LLEN", key)
    case.do("LRANGE", key, 0, 3)
    case.do("LRANGE", key, -2, -1)
    return case.finish()


def make_protocol(server, rng, level, number):
    if level == 1:
        makers = [pipeline, letters, inline, connection, ignored, bytes_in_all, large, half_closed]
    else:
        makers = [pipeline, inline, large, connection, pipeline, ignored, bytes_in_all, inline, half_closed, letters]
    return makers[number % len(makers)](server, rng, level)
