# SPDX-License-Identifier: MIT
"""Area robust: bytes that no client should send.

Each case first stores something through an honest connection and ends with
reading it there, so a server that has ended, or answers anything, fails.
"""

from family import Draw
from oracle import encode
from script import Case, Many

HIGH, LOW = 9223372036854775807, -9223372036854775808


def begin(server, rng, level, statements):
    d = Draw(rng, level)
    case = Case(server, "robust", level, statements)
    case.do("SET", d.keys[0], d.word())
    case.do("RPUSH", d.keys[1], *d.some(2, 4))
    return d, case


def end(case, d):
    case.do("GET", d.keys[0])
    case.do("LRANGE", d.keys[1], 0, -1)
    case.do("PING")
    return case.finish()


def protocol_errors(rng):
    """Requests that get error ERR, and the connection is closed."""
    return [b"*abc\r\n", b"*2147483648\r\n", b"*99999999999999999999\r\n", b"*1\r\nPING\r\n",
            b"*2\r\n$3\r\nGET\r\n:1\r\n",
            b"*1\r\n$-2\r\n", b"*1\r\n$abc\r\n", b"*1\r\n$536870913\r\n", b"*2\r\n$3\r\nGET\r\n$-1\r\n",
            b"*1\r\n$9223372036854775808\r\n", b"*3x\r\n", b"*1\r\n$4x\r\nPING\r\n", b'SET k "open\r\n',
            b"SET k 'open\r\n",
            b'GET "k"x\r\n', b"*1\r\n*1\r\n$4\r\nPING\r\n", b"GET 'a'b\r\n", b"*\r\n", b"*1\r\n$\r\n",
            b"*2\r\n$4\r\nECHO\r\n+x\r\n", b"* 1\r\n$4\r\nPING\r\n"]


def refused(server, rng, level):
    d, case = begin(server, rng, level, ["2.7", "15.1"])
    for conn, data in zip("bcdef", rng.sample(protocol_errors(rng), 1 + level)):
        if level > 1:
            case.raw(encode(["APPEND", "n" + conn, "1"]), conn=conn)
            case.receive(conn)
        case.raw(data, conn=conn)
        case.receive(conn)
        case.closed(conn)
    return end(case, d)


def behind_an_error(server, rng, level):
    """What was sent before a broken request is executed, what comes behind is not."""
    d, case = begin(server, rng, level, ["2.7", "15.1", "2.4"])
    key = "behind:" + d.keys[0]
    good = rng.randint(1, 4)
    case.raw(encode(["INCR", key]) * good + rng.choice(protocol_errors(rng)[:12]) + encode(["INCR", key]), conn="b")
    for _ in range(good + 1):
        case.receive("b")
    case.closed("b")
    case.do("GET", key)
    return end(case, d)


def long_line(server, rng, level):
    """More than 64 KiB without an end of line."""
    d, case = begin(server, rng, level, ["2.7", "15.1"])
    size = rng.randint(70000, 99000)
    case.client("b").raw(b"x" * size)
    case.line("b", '.raw "x"*%d' % size)
    case.receive("b")
    case.closed("b")
    return end(case, d)


def unfinished(server, rng, level):
    """Announced and not sent; then a close, or nothing at all."""
    d, case = begin(server, rng, level, ["15.2", "1.5"])
    pieces = [b"*3\r\n$3\r\nSET\r\n$5\r\nhalf", b"*2\r\n$3\r\nGET\r\n$500000000\r\n", b"*2147483647\r\n",
              b"*1000000\r\n$4\r\n",
              b"*1\r\n$536870912\r\nPI", b"GET no-end-of-line", b"*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$100000000\r\nabc",
              b"*", b"*2\r\n$", b"\r", b"*1\r\n$4\r\nPING", b"*1048576\r\n$1\r\nx\r\n"]
    conns = ["u%d" % i for i in range(3 + 4 * level)]
    for conn in conns:
        case.raw(rng.choice(pieces), conn=conn)
    case.settle()
    case.do("EXISTS", "half", d.keys[0])
    for conn in rng.sample(conns, len(conns) // 2):
        case.close(conn)
    case.settle()
    case.do("DBSIZE")
    return end(case, d)


def garbage(server, rng, level):
    """Random bytes; nobody reads the answers."""
    d, case = begin(server, rng, level, ["15.1", "1.4"])
    for i in range(2 + 2 * level):
        conn = "g%d" % i
        alphabet = rng.choice([bytes(range(256)), b"*$0123456789\r\n", b"*$-1 \r\nGET\"'\\x", b"\x00\xff\r\n*"])
        data = bytes(rng.choice(alphabet) for _ in range(rng.randint(20, 300)))
        # no line of it may be a command that changes the keys that are checked
        case.raw(data, conn=conn)
    case.settle()
    for i in range(2 + 2 * level):
        if rng.random() < 0.6:
            case.close("g%d" % i)
    case.settle()
    return end(case, d)


def mutated(server, rng, level):
    """Good requests with a few bytes changed."""
    d, case = begin(server, rng, level, ["15.1", "2.7"])
    base = [["HSET", "m", "f", "v"], ["SADD", "mm", "a", "b"], ["ZADD", "mmm", "1", "a"], ["GET", "m"],
            ["EXPIRE", "m", "100"]]
    for i in range(3 + 3 * level):
        data = bytearray(encode(rng.choice(base)) * 2)
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(len(data))] = rng.choice(b"\r\n*$0123456789-\x00\xffABC")
        case.raw(bytes(data), conn="m%d" % i)
    case.settle()
    for i in range(3 + 3 * level):
        case.close("m%d" % i)
    case.settle()
    return end(case, d)


def borders(server, rng, level):
    """Numbers at the ends of 64 bits: any defined reply."""
    d, case = begin(server, rng, level, ["15.3"])
    key, words, odd = d.keys[0], d.keys[1], d.keys[2]
    case.do("ZADD", odd, 1, "a", 2, "b")
    exact = [["GETRANGE", key, LOW, HIGH], ["LRANGE", words, LOW, HIGH], ["LINDEX", words, LOW],
             ["LINDEX", words, HIGH],
             ["ZRANGE", odd, LOW, HIGH], ["LRANGE", words, HIGH, LOW], ["GETRANGE", key, HIGH, HIGH],
             ["INCRBY", "n" + key, HIGH], ["EXPIRE", key, HIGH], ["SETRANGE", key, HIGH, "x"],
             ["GETBIT", key, 4294967295],
             ["SETBIT", key, HIGH, 1], ["BITCOUNT", key, LOW, HIGH], ["LREM", words, HIGH, "none"],
             ["LTRIM", words, LOW, HIGH], ["SCAN", "99999999999999999999999"], ["SELECT", HIGH],
             ["PEXPIREAT", "none", HIGH],
             ["INCR", "99999999999999999999"], ["DECRBY", "n2" + key, LOW], ["SETRANGE", key, 536870912, "x"],
             ["LPOS", words, "none", "MAXLEN", HIGH], ["ZREMRANGEBYRANK", odd, HIGH, LOW], ["LSET", words, LOW, "x"],
             ["ZRANGEBYSCORE", odd, "-1e308", "1e308"], ["ZCOUNT", odd, "-inf", "inf"], ["GETBIT", key, LOW]]
    loose = [["LPOS", words, "x", "RANK", LOW], ["LREM", words, LOW, "none"], ["LPOP", "none", HIGH],
             ["SRANDMEMBER", "none", LOW], ["ZADD", "z" + odd, "1e400", "a"], ["ZINCRBY", "z" + odd, "1e308", "b"],
             ["BLPOP", "none", "1e300"], ["SCAN", "18446744073709551615"],
             ["ZRANGEBYSCORE", odd, 0, 9, "LIMIT", HIGH, HIGH],
             ["PEXPIRE", "none", LOW], ["SINTERCARD", HIGH, "a"], ["LMPOP", HIGH, "a", "LEFT"], ["SWAPDB", LOW, HIGH],
             ["INCRBYFLOAT", "f" + key, "1e4000"], ["HINCRBY", "h" + key, "f", LOW], ["ZPOPMIN", "none", HIGH],
             ["SETEX", "none", HIGH, "v"], ["EXPIREAT", "none", LOW], ["ZUNION", HIGH, "a"],
             ["BITPOS", "none", 1, LOW, HIGH]]
    for args in rng.sample(exact, 3 + level):
        case.do(*args)
    for args in rng.sample([x for x in loose if x[0] != "BLPOP"], 2 + level):
        case.do(*args, want="any")
    return end(case, d)


def many_arguments(server, rng, level):
    """Wrong commands with a great many arguments."""
    d, case = begin(server, rng, level, ["2.8", "2.5", "15.1"])
    count = rng.randint(20000, 90000)
    case.do(*rng.choice([["GET", Many(count, "{i}")], ["NOSUCH", Many(count, "a{i}")],
                         ["MSET", Many(count | 1, "a{i}")],
                         ["HSET", d.keys[0], Many(count | 1, "f{i}")], ["SETEX", Many(count, "x")],
                         ["LINSERT", Many(count, "x{i}")]]))
    case.do("EXISTS", Many(count // 10, "none{i}"), d.keys[0])
    return end(case, d)


def short_lived(server, rng, level):
    """Clients that come, say something and go at once."""
    d, case = begin(server, rng, level, ["1.5", "15.1"])
    rest = [b"", b"\x00", encode(["SUBSCRIBE", "c"]), encode(["MULTI"]), encode(["BLPOP", "none", "0"]), b"*1\r\n",
            encode(["WATCH", d.keys[0]]), encode(["GET", d.keys[0]]) * 20]
    for i in range(6 * level):
        conn = rng.choice("bcdefgh")
        case.raw(rng.choice(rest), conn=conn)
        case.close(conn)
    case.settle()
    case.do("PUBLISH", "c", "x")
    case.do("RPUSH", "none", "x")
    case.do("LLEN", "none")
    return end(case, d)


MAKERS = [refused, unfinished, borders, garbage, behind_an_error, short_lived, mutated, long_line, many_arguments]


def make_robust(server, rng, level, number):
    return MAKERS[(number + level - 1) % len(MAKERS)](server, rng, level)
