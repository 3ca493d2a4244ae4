# SPDX-License-Identifier: MIT
"""Area durability: what was answered is there after a kill and a restart."""

import area_hashes
import area_lists
import area_sets
import area_strings
import area_zsets
from family import ODD, Draw
from script import Case, Many, Times, quote

FAR = 4102444800
TEAR_MAX = 40
TYPES = [area_strings.FAMILY, area_lists.FAMILY, area_hashes.FAMILY, area_sets.FAMILY, area_zsets.FAMILY]
DUMPS = {"string": ["GET"], "list": ["LRANGE", 0, -1], "hash": ["HGETALL"], "set": ["SMEMBERS"],
         "zset": ["ZRANGE", 0, -1, "WITHSCORES"]}


def dump(case, *keys):
    """Reads each key as what it is, and when it expires if it does."""
    for key in keys:
        kind = case.client("a").call("TYPE", key)
        case.do("TYPE", key)
        if kind in DUMPS:
            name, *rest = DUMPS[kind]
            case.do(name, key, *rest)


def one_type(server, rng, level, number):
    """Commands of one type, in their random order, and a kill."""
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.1", "14.2"])
    family = TYPES[number % len(TYPES)]
    names = family.names()
    for args in family.seed(d):
        case.do(*args)
    for _ in range(3 * level + 1):
        case.do(*rng.choice(family.others[rng.choice(names)])(d))
    if level == 1:
        case.do("SET", "s" + d.keys[0], d.word())
    case.end_phase()
    dump(case, *d.keys)
    case.do("DBSIZE")
    if level > 1:
        for args in family.seed(d):
            case.do(*args)
        case.end_phase(end=rng.choice(["kill", "term"]))
        dump(case, *d.keys)
    return case.finish()


def all_types(server, rng, level):
    """A life of many commands over all types, with kills between."""
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.1", "14.2", "14.7"])
    keys = []
    draws = []
    for family in TYPES:
        own = Draw(rng, level)
        draws.append((family, own))
        keys += own.keys
        for args in family.seed(own):
            case.do(*args)
    for round_number in range(level):
        for _ in range(8):
            family, own = rng.choice(draws)
            case.do(*rng.choice(family.others[rng.choice(family.names())])(own))
        case.do("RENAME", *rng.sample([k for k in keys if case.client("a").call("EXISTS", k)], 2))
        case.end_phase(end="term" if round_number == 1 else "kill")
        dump(case, *rng.sample(keys, 6))
    dump(case, *keys[:3])
    case.do("DBSIZE")
    return case.finish()


def overwritten(server, rng, level):
    """Overwrites, deletes and renames; also a key of another type."""
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.1", "14.2"])
    a, b, c = d.keys
    case.do("SET", a, d.word())
    case.do("SET", a, d.word() + "2")
    case.do("RPUSH", b, *d.some(2, 3))
    case.do("SET", c, "here")
    case.do(*rng.choice([["DEL", b], ["UNLINK", b], ["SET", b, "string now"], ["RENAME", a, b], ["EXPIRE", b, -1],
                         ["LPOP", b, 9]]))
    if level > 1:
        case.do("COPY", c, b, "REPLACE")
        case.do("RENAME", c, "new:" + c)
        case.do("INCR", c)
        case.do("INCRBYFLOAT", c, "0.5")
        case.do("GETDEL", "new:" + c)
    case.end_phase()
    dump(case, a, b, c)
    case.do("EXISTS", a, b, c, "new:" + c)
    return case.finish()


def databases(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.2", "4.2"])
    numbers = rng.sample(range(1, 16), 3)
    for n in numbers:
        case.do("SELECT", n)
        case.do("SET", d.keys[0], "in %d" % n)
        case.do("SADD", d.keys[1], *d.some(2, 3))
    case.do("SELECT", 0)
    case.do("SET", d.keys[0], "in 0")
    case.do(*rng.choice([["SWAPDB", 0, numbers[0]], ["MOVE", d.keys[0], numbers[1]], ["MOVE", d.keys[0], 0],
                         ["SWAPDB", numbers[0], numbers[1]], ["COPY", d.keys[0], d.keys[2], "DB", numbers[2]]]))
    if level > 1:
        case.do("SELECT", numbers[2])
        case.do("FLUSHDB")
        case.do("SET", "after", d.word())
    case.end_phase()
    for n in [0] + numbers:
        case.do("SELECT", n)
        case.do("DBSIZE")
        case.do("GET", d.keys[0])
        case.do("EXISTS", *d.keys)
    if level == 3:
        case.do("FLUSHALL")
        case.do("SET", d.keys[2], d.word())
        case.end_phase()
        case.do("DBSIZE")
        case.do("SELECT", numbers[2])
        case.do("DBSIZE")
        case.do("GET", d.keys[2])
    return case.finish()


def binary(server, rng, level):
    """Any bytes, and long ones."""
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.2", "2.8"])
    every = bytes(range(256))
    key = b"k\x00\r\n" + every[rng.randrange(200):][:9]
    case.do("SET", key, every)
    case.do("RPUSH", b"l" + key, "", "\r\n", *rng.sample(ODD, 3))
    if level > 1:
        case.do("HSET", b"h" + key, every, every, b"", b"")
        case.do("ZADD", b"z" + key, "1.5", every, "-inf", "")
        case.do("SET", d.keys[0], Times("0123456789\r\n", rng.randint(20000, 60000)))
        case.do("SADD", d.keys[1], Many(rng.randint(500, 2000), "m{i}"))
    case.end_phase()
    dump(case, key, b"l" + key, b"h" + key, b"z" + key)
    case.do("STRLEN", d.keys[0])
    case.do("SCARD", d.keys[1])
    case.do("GETRANGE", d.keys[0], -5, -1)
    return case.finish()


def lifetimes(server, rng, level):
    """Times to live are moments."""
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.3"])
    a, b, c = d.keys
    case.do("SET", a, d.word(), "EXAT", FAR + rng.randint(0, 99))
    case.do("RPUSH", b, *d.some(2, 3))
    case.do("PEXPIREAT", b, (FAR + rng.randint(0, 99)) * 1000 + 7)
    case.do("SETEX", c, rng.choice([300, 900]), d.word())
    if level > 1:
        case.do(*rng.choice([["PERSIST", b], ["APPEND", a, "+"], ["SET", a, "x", "KEEPTTL"], ["SET", c, "y"],
                             ["GETEX", a, "PERSIST"], ["RENAME", a, b], ["COPY", a, "copy:" + a]]))
        case.do("SET", "short", d.word(), "PX", 1500)
        case.do("HSET", "gone", "f", "v")
        case.do("PEXPIRE", "gone", rng.randint(100, 200))
        case.sleep(800)
    case.end_phase()
    for key in (a, b, c):
        case.do("TTL" if key == c else "PEXPIRETIME", key)
        case.do("TYPE", key)
    if level > 1:
        # 800 ms at least have gone by, however long the restart took
        case.do("PTTL", "short", want="-2..700")
        case.do("EXISTS", "gone")
        case.do("HSETNX", "gone", "f", "new")
        case.end_phase()
        case.do("HGETALL", "gone")
        case.do("TTL", "gone")
    return case.finish()


def transaction(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.4", "14.7", "11.1"])
    a, b, c = d.keys
    case.do("SET", a, rng.randint(1, 50))
    case.do("MULTI", conn="b")
    case.do("SET", c, "never", conn="b")
    case.do("MULTI")
    case.do("INCRBY", a, rng.randint(2, 9))
    case.do("RPUSH", b, *d.some(2, 3))
    if level > 1:
        case.do("LPUSH", a, "fails")
        case.do("SELECT", 3)
        case.do("SET", a, d.word())
    case.do("EXEC")
    case.end_phase()
    case.do("GET", a)
    case.do("LRANGE", b, 0, -1)
    case.do("EXISTS", c)
    case.do("EXEC")
    if level > 1:
        case.do("SELECT", 3)
        case.do("GET", a)
    return case.finish()


def served(server, rng, level):
    """What waiting clients took is gone."""
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.8", "13.3", "14.7"])
    a, b, c = d.keys
    case.send("b", *rng.choice([["BLPOP", a, 0], ["BRPOP", c, a, 0], ["BLMOVE", a, b, "LEFT", "RIGHT", 0],
                                ["BRPOPLPUSH", a, b, 0]]))
    case.settle()
    if level > 1:
        case.send("c", "BZPOPMIN", "z" + a, 0)
        case.settle()
        case.do("ZADD", "z" + a, 2, "two", 1, "one")
        case.receive("c")
    case.do("RPUSH", a, *["%s%d" % (w, i) for i, w in enumerate(d.words[:3])])
    case.receive("b")
    case.send("b", "BLPOP", c, 0)
    case.settle()
    case.end_phase()
    dump(case, a, b, "z" + a)
    case.do("RPUSH", c, d.word())
    case.do("LLEN", c)
    return case.finish()


def popped(server, rng, level):
    """SPOP, and other removals of everything."""
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.2", "8.11"])
    a, b, _ = d.keys
    members = sorted(rng.sample(["m%d" % i for i in range(30)], 6))
    pool = " ".join(quote(m.encode()) for m in members)
    case.do("SADD", a, *members)
    case.do("SADD", b, members[0])
    case.do("SPOP", a, 2, want="pick 2 {%s}" % pool)
    case.do("SPOP", b)
    case.end_phase()
    case.do("SCARD", a)
    case.do("SMEMBERS", a, want="pick 4 {%s}" % pool)
    case.do("EXISTS", b)
    case.do("SPOP", a, want=" | ".join(quote(m.encode()) for m in members))
    case.end_phase()
    case.do("SCARD", a)
    case.do("SPOP", a, 9, want="pick 3 {%s}" % pool)
    case.end_phase()
    case.do("EXISTS", a, b)
    return case.finish()


def restarts(server, rng, level):
    """Nothing written, many restarts, both ways to end."""
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.7", "1.1", "1.2", "1.3"])
    key = d.keys[0]
    case.do("DBSIZE")
    case.end_phase(end=rng.choice(["kill", "term"]))
    case.do("DBSIZE")
    for n in range(1 + level):
        case.do("RPUSH", key, "%s%d" % (d.words[n], n))
        if level > 1:
            case.do("INCR", d.keys[1])
        case.end_phase(end="term" if n % 2 else "kill")
        case.do("LRANGE", key, 0, -1)
        case.do("GET", d.keys[1])
    return case.finish()


def load(server, rng, level):
    """Thousands of pipelined writes, killed right behind the last reply."""
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.1", "2.4"])
    count = rng.randint(900, 1500) * level
    key = d.keys[0]
    case.pipe(count, ("SET %s:{n} v{n*7}" % key, "+OK"), ("RPUSH l%s {n}" % key, ":{n+1}"),
              ("INCRBY c%s 2" % key, ":{n*2+2}"))
    case.end_phase(oracle=False)
    case.pipe(count, ("GET %s:{n}" % key, '"v{n*7}"'), ("LINDEX l%s {n}" % key, '"{n}"'))
    case.lines.append("GET c%s => %s" % (key, quote(b"%d" % (2 * count))))
    case.lines.append("DBSIZE => %d" % (count + 2))
    case.expect("value")
    case.expect("count")
    return case.finish()


# ---- torn tails

LONG = ["quick brown fox ", "0123456789abcdef", "*3\r\n$3\r\nSET\r\n", "\x00\x01\x02\x03\x04\x05\x06\x07"]


def torn(server, rng, level, number):
    """The last write lost its end: it is there or it isn't, all else is."""
    d = Draw(rng, level)
    case = Case(server, "durability", level, ["14.5", "14.6"])
    a, b, c = d.keys
    text = Times(rng.choice(LONG), rng.randint(5, 60))
    long = text.texts()[0]
    small = d.word()
    case.do("SET", a, small)
    case.do("RPUSH", b, *d.some(2, 3))
    case.do("HSET", c, "f", small)
    case.do("MSET", "n:1", d.word(), "n:2", d.word())
    ways = [(["SET", a, text], ["GET", a], quote(small.encode()), quote(long)),
            (["RPUSH", "q", "first", text], ["LRANGE", "q", 0, -1], "[]", '["first" %s]' % quote(long)),
            (["HSET", c, "f", text, "g", "2"], ["HMGET", c, "f", "g"], "[%s nil]" % quote(small.encode()),
             '[%s "2"]' % quote(long)),
            (["MSET", "x", "1", "y", text, "z", "3"], ["MGET", "x", "y", "z"], "[nil nil nil]",
             '["1" %s "3"]' % quote(long)),
            (["ZADD", "w", 1, text, 2, "two"], ["ZCARD", "w"], "0", "2")]
    command, read, without, with_it = ways[number % len(ways)]
    if level == 3 and number % 2:
        case.do("MULTI")
        case.do("INCR", "counter")
        case.do("RENAME", "n:1", "n:3")
        case.do(*command)
        case.do("EXEC")
    else:
        case.do(*command)
    case.end_phase(tear=rng.randint(1, TEAR_MAX))
    if level == 3 and number % 2:
        case.do("MULTI")
        case.do("EXISTS", "counter")
        case.do("EXISTS", "n:3")
        case.do(*read)
        case.do("EXEC", want="[0 0 %s] | [1 1 %s]" % (without, with_it))
        case.do("EXISTS", "n:1", "n:3")
    else:
        case.do(*read, want="%s | %s" % (without, with_it))
        case.do("MGET", "n:1", "n:2")
    case.do("LRANGE", b, 0, -1)
    case.do("SET", "after", d.word())
    case.do("RPUSH", b, "more")
    last = Times(rng.choice(LONG), rng.randint(5, 20))
    case.do("SET", "last", last)
    again = rng.randint(1, TEAR_MAX) if level == 3 else 0
    case.end_phase(tear=again)
    case.do("GET", "after")
    case.do("LRANGE", b, 0, -1)
    case.do("GET", "last", want="nil | %s" % quote(last.texts()[0]) if again else None)
    if level == 3:
        case.do("INCR", "final")
        case.end_phase(end="term")
        case.do("GET", "final")
        case.do("LLEN", b)
    return case.finish()


def make_durability(server, rng, level, number):
    if level == 1:
        makers = [one_type, overwritten, databases, one_type, restarts, binary, one_type, lifetimes, transaction,
                  one_type, served, load]
    else:
        makers = [torn, one_type, lifetimes, torn, all_types, transaction, torn, served, databases, torn, binary,
                  popped, torn, overwritten, restarts, torn, load, one_type, all_types, torn]
    maker = makers[number % len(makers)]
    return maker(server, rng, level, number) if maker in (one_type, torn) else maker(server, rng, level)
