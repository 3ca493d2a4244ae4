# SPDX-License-Identifier: MIT
"""Areas keys, expiry and scan."""

from family import Draw, Family, error_cases
from script import Case, Many, quote

FAR = 4102444800


def seed(d):
    return [["SET", d.keys[0], d.word()], d.pick(["RPUSH", d.keys[1]] + d.some(2, 3),
                                                 ["SADD", d.keys[1]] + d.some(2, 2),
                                                 ["HSET", d.keys[1], "f", d.word()],
                                                 ["ZADD", d.keys[1], 1, d.word()]),
            ["DEL", d.pick(d.keys[2], d.keys[2], d.keys[1])]]


def dump(key):
    return [["TYPE", key], ["TTL", key]]


def pattern(d):
    stem = d.keys[0].split(":")[0]
    return d.pick("*", stem + ":?", stem + ":[12]", "?" * len(d.keys[0]), stem[:2] + "*",
                  "*:[^1]", "*[0-1]", "\\" + stem + "*", stem + ":1")


OTHERS = {
    "EXISTS": [lambda d: ["EXISTS"] + d.keys_of(2, 4)],
    "UNLINK": [lambda d: ["UNLINK"] + d.keys_of(1, 2)],
    "TOUCH": [lambda d: ["TOUCH"] + d.keys_of(1, 3)],
    "TYPE": [lambda d: ["TYPE", d.key()]],
    "RENAME": [lambda d: ["RENAME", d.key(), d.key()]],
    "RENAMENX": [lambda d: ["RENAMENX", d.key(), d.key()]],
    "COPY": [lambda d: ["COPY", d.key(), d.keys[2]] + d.maybe("REPLACE"),
             lambda d: ["COPY", d.key(), d.key(), "DB", 1]],
    "MOVE": [lambda d: ["MOVE", d.key(), 1], lambda d: ["SELECT", d.int(0, 1)]],
    "KEYS": [lambda d: ["KEYS", pattern(d)]],
    "DBSIZE": [lambda d: ["DBSIZE"]],
    "EXPIRE": [lambda d: ["EXPIRE", d.key(), d.pick(100, 500, -1)]],
    "PERSIST": [lambda d: ["PERSIST", d.key()], lambda d: ["EXPIRE", d.key(), 300]],
    "SELECT": [lambda d: ["SELECT", d.int(0, 1)], lambda d: ["SET", d.key(), d.word()]],
    "SWAPDB": [lambda d: ["SWAPDB", 0, d.int(0, 2)], lambda d: ["EXISTS", d.keys[0]]],
}


def refused(d):
    key = d.keys[0]
    bad = [["DEL"], ["EXISTS"], ["TYPE"], ["RENAME", "no:" + key, key], ["RENAME", key], ["SELECT", 16],
           ["SELECT", -1], ["SELECT", "x"], ["MOVE", key, 0], ["MOVE", key, 99], ["COPY", key, key],
           ["COPY", key, "c", "DB", 77], ["KEYS"], ["PERSIST"], ["SWAPDB", 0, 99], ["RENAMENX", "no:" + key, "b"],
           ["SCAN", "x"], ["SCAN", 0, "COUNT", 0], ["SCAN", 0, "MATCH"], ["DBSIZE", "x"], ["COPY", key]]
    return ["SET", key, d.word()], ["GET", key], bad


def sorting(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "keys", level)
    key, out = d.keys[:2]
    numbers = rng.sample(range(-50, 99), 6)
    case.do(rng.choice(["RPUSH", "SADD"]), key, *numbers)
    for _ in range(2 + level):
        case.do(*rng.choice([
            ["SORT", key], ["SORT", key, "DESC"], ["SORT", key, "ALPHA"],
            ["SORT", key, "LIMIT", rng.randint(0, 2), rng.randint(1, 4)],
            ["SORT", key, "STORE", out], ["SORT", key, "ALPHA", "DESC", "LIMIT", 1, 3],
            ["SORT", d.keys[2]], ["SORT", key, "DESC", "STORE", out]]))
    case.do("LRANGE", out, 0, -1)
    case.do("RPUSH", d.keys[2], *rng.sample(d.words, 3))
    case.do("SORT", d.keys[2])
    case.do("SORT", d.keys[2], "ALPHA")
    case.do("SORT", d.keys[2], "BY", "nosort")
    return case.finish()


def random_key(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "keys", level)
    case.do("RANDOMKEY")
    count = rng.randint(1, 3)
    for key in d.keys[:count]:
        case.do("SET", key, d.word())
    names = " | ".join(quote(k.encode()) for k in d.keys[:count])
    case.do("RANDOMKEY", want=names)
    case.do("DBSIZE")
    case.do("SELECT", rng.randint(3, 15))
    case.do("RANDOMKEY")
    case.do("SET", d.keys[2], "there")
    case.do("FLUSHDB")
    case.do("DBSIZE")
    case.do("SELECT", 0)
    case.do("RANDOMKEY", want=names)
    case.do(rng.choice(["FLUSHALL", "FLUSHDB"]))
    case.do("DBSIZE")
    return case.finish()


FAMILY = Family("keys", seed, dump, OTHERS, [lambda d: ["RPUSH", d.keys[2], d.word()]])


def make_keys(server, rng, level, number):
    if level > 1 and number % 5 < 3:
        return {0: lambda *a: error_cases(server, "keys", rng, refused, level, ["3.6"]),
                1: sorting, 2: random_key}[number % 5](server, rng, level)
    return FAMILY.make(server, rng, level, number)


# ---- expiry

def expiry_options(server, rng, level):
    """EXPIRE and its kin, without waiting."""
    d = Draw(rng, level)
    case = Case(server, "expiry", level)
    key, other = d.keys[:2]
    case.do("SET", key, d.word())
    case.do(*rng.choice([["RPUSH", other] + d.some(2, 3), ["HSET", other, "f", d.word()]]))
    for step in range(2 + 2 * level):
        k = rng.choice([key, key, other, d.keys[2]])
        # GT and LT with the moment that is set already would depend on the millisecond
        new = rng.choice([30, 510]) + 20 * step
        case.do(*rng.choice([
            ["EXPIRE", k, rng.choice([100, 200, 400])], ["PEXPIRE", k, rng.choice([160000, 300000])],
            ["EXPIREAT", k, FAR + rng.randint(0, 9)], ["PEXPIREAT", k, (FAR + rng.randint(0, 9)) * 1000],
            ["PERSIST", k], ["EXPIRE", k, new, rng.choice(["NX", "XX", "GT", "LT"])],
            ["PEXPIRE", k, new * 1000, rng.choice(["NX", "XX", "GT", "LT"])]]))
        expires_far = case.client("a").call("EXPIRETIME", k) >= FAR
        case.do(rng.choice(["EXPIRETIME", "PEXPIRETIME"]) if expires_far else rng.choice(["TTL", "PTTL"]), k)
    case.do("EXISTS", key, other)
    return case.finish()


def expiry_errors(d):
    key = d.keys[0]
    bad = [["EXPIRE", key], ["EXPIRE", key, "x"], ["EXPIRE", key, 10, "NX", "XX"],
           ["EXPIRE", key, 10, "GT", "LT"], ["EXPIRE", key, 10, "AB"], ["TTL"], ["PERSIST", key, key],
           ["PEXPIRE", key, "1.5"], ["EXPIRE", key, 9223372036854775807], ["SETEX", key, 0, "v"],
           ["PSETEX", key, -1, "v"], ["EXPIREAT", key, "soon"], ["EXPIRE", key, 10, "NX", "GT"],
           ["GETEX", key, "PX", -5], ["SET", key, "v", "PX", 0]]
    return ["SETEX", key, 200, d.word()], ["TTL", key], bad


def expiry_past(server, rng, level):
    """A moment in the past deletes at once."""
    d = Draw(rng, level)
    case = Case(server, "expiry", level)
    for key in d.keys:
        case.do("SET", key, d.word())
    chosen = rng.sample(d.keys, 2)
    case.do(*rng.choice([["EXPIRE", chosen[0], -1], ["EXPIREAT", chosen[0], 1], ["PEXPIRE", chosen[0], 0],
                         ["PEXPIREAT", chosen[0], 1000], ["EXPIRE", chosen[0], 0]]))
    case.do("SET", chosen[1], "gone", rng.choice(["PXAT", "EXAT"]), rng.randint(1, 99))
    for key in d.keys:
        case.do("GET", key)
    case.do("KEYS", "*")
    case.do("TTL", chosen[0])
    case.do("RPUSH", chosen[1], d.word())
    case.do("TTL", chosen[1])
    return case.finish()


def expiry_wait(server, rng, level):
    """Keys that expire while we wait; nothing is asked while it is a race."""
    d = Draw(rng, level)
    case = Case(server, "expiry", level, ["10.5"])
    a, b, c = d.keys
    ms = rng.randint(15, 30)
    case.do("SET", a, d.word(), "PX", ms)
    case.do("RPUSH", b, d.word(), d.word())
    case.do("PEXPIRE", b, ms)
    case.do("SET", c, d.word(), "EX", 100)
    case.sleep(ms + 15)
    probes = [["GET", a], ["EXISTS", a, b, c], ["TYPE", b], ["TTL", a], ["LLEN", b], ["KEYS", "*"],
              ["SET", a, "new", "XX"], ["RENAME", b, a], ["PERSIST", b], ["EXPIRE", a, 5],
              ["APPEND", a, "x"], ["GETSET", b, "y"], ["RPUSHX", b, "z"], ["SETNX", a, "n"],
              ["COPY", b, c], ["LPOP", b], ["INCR", a], ["STRLEN", a], ["DEL", b], ["MGET", a, c]]
    for args in rng.sample(probes, 4 + level):
        case.do(*args)
    case.do("TTL", a)
    case.do("TTL", c)
    return case.finish()


def make_expiry(server, rng, level, number):
    if number % 3 == 0 and level > 1:
        return expiry_wait(server, rng, level)
    if number % 6 == 1:
        return expiry_past(server, rng, level)
    if number % 6 == 4 and level > 1:
        return error_cases(server, "expiry", rng, expiry_errors, level, ["3.6", "10.2"])
    return expiry_options(server, rng, level)


# ---- scan, and values that are big

def scan_keys(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "scan", level)
    count = rng.randint(30, 200) * level
    stem = d.keys[0].split(":")[0]
    case.pipe(count, ("SET %s:{n} v{n}" % stem, "+OK"))
    case.pipe(5, ("RPUSH list:%s{n} x" % stem, "1"))
    size = rng.choice([5, 10, 50])
    case.scan("SCAN", "%", "COUNT", size, want='{@%d"%s:{i}" @5"list:%s{i}"}' % (count, stem, stem))
    case.scan("SCAN", "%", "MATCH", stem + ":1?", want='{@10"%s:{i+10}"}' % stem)
    case.scan("SCAN", "%", "TYPE", rng.choice(["list", "LIST"]) if level == 3 else "list",
              want='{@5"list:%s{i}"}' % stem)
    case.pipe(count // 2, ("DEL %s:{n}" % stem, "1"))
    case.scan("SCAN", "%", "MATCH", stem + ":*", "COUNT", size,
              want='{@%d"%s:{i+%d}"}' % (count - count // 2, stem, count // 2))
    return case.finish()


def scan_inside(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "scan", level)
    key, count = d.keys[0], rng.randint(20, 200) * level
    command = rng.choice(["HSCAN", "SSCAN", "ZSCAN"])
    if command == "HSCAN":
        case.pipe(count, ("HSET %s f{n} v{n*3}" % key, "1"))
        pairs = " ".join('"f%d" "v%d"' % (i, i * 3) for i in range(count))
        ten = " ".join('"f1%d" "v%d"' % (i, (i + 10) * 3) for i in range(10))
        case.scan(command, key, "%", "COUNT", 7, want="%%{%s}" % pairs)
        case.scan(command, key, "%", "MATCH", "f1?", want="%%{%s}" % ten)
    elif command == "SSCAN":
        case.pipe(count, ("SADD %s m{n}" % key, "1"))
        case.scan(command, key, "%", "COUNT", 7, want='{@%d"m{i}"}' % count)
        case.scan(command, key, "%", "MATCH", "m1[0-4]", want='{@5"m{i+10}"}')
    else:
        case.pipe(count, ("ZADD %s {n*7} m{n}" % key, "1"))
        case.scan(command, key, "%", want="%%{%s}" % " ".join(
            '"m%d" "%d"' % (i, i * 7) for i in range(count)))
        case.scan(command, key, "%", "MATCH", "m1[5-9]", want="%%{%s}" % " ".join(
            '"m1%d" "%d"' % (i, (i + 10) * 7) for i in range(5, 10)))
    case.do(command, d.keys[1], 0)
    case.do("SET", d.keys[1], "plain")
    case.do(command, d.keys[1], 0)
    case.do(command, key, "x")
    return case.finish()


def big_collections(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "scan", level, ["2.8", "16.2"])
    key, count = d.keys[0], rng.randint(500, 1500) * level
    count += count % 7 == 0  # else i*7 would not reach every number
    case.do("RPUSH", key, Many(count, "item-{i}"))
    case.do("LINDEX", key, count // 3)
    case.do("LRANGE", key, count - 3, -1)
    case.do("SADD", d.keys[1], Many(count, "m{i*7%%%d}" % count))
    case.do("SMEMBERS", d.keys[1], want='{@%d"m{i*7%%%d}"}' % (count, count))
    case.do("SISMEMBER", d.keys[1], "m0")
    case.do("LTRIM", key, 10, -11)
    case.do("LRANGE", key, 0, -1, want='[@%d"item-{i+10}"]' % (count - 20))
    case.do("HSET", d.keys[2], Many(2 * (count // 2), "x{i}"))
    case.do("HLEN", d.keys[2])
    case.do("DEL", *d.keys)
    return case.finish()


def make_scan(server, rng, level, number):
    return [scan_keys, scan_inside, big_collections, scan_inside][number % 4](server, rng, level)
