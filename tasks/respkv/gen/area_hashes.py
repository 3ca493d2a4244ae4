# SPDX-License-Identifier: MIT
"""Area hashes."""

from family import Draw, Family, error_cases
from script import Case, quote

FIELDS = ["name", "size", "tag", "n"]


def field(d):
    return d.pick(*FIELDS)


def seed(d):
    return [["HSET", d.keys[0], "name", d.word(), "n", d.int(1, 90)],
            ["HSET", d.keys[1], "size", d.word(), "tag", d.word()],
            ["HGET", d.keys[0], field(d)]]


def dump(key):
    return [["HGETALL", key]]


OTHERS = {
    "HSET": [lambda d: ["HSET", d.key(), field(d), d.word()],
             lambda d: ["HSET", d.key(), field(d), d.word(), field(d), d.int(1, 9)]],
    "HMSET": [lambda d: ["HMSET", d.key(), field(d), d.word(), field(d), d.word()]],
    "HMGET": [lambda d: ["HMGET", d.key(), field(d), field(d), "none"]],
    "HDEL": [lambda d: ["HDEL", d.key(), field(d), field(d)], lambda d: ["HDEL", d.key(), "n"]],
    "HLEN": [lambda d: ["HLEN", d.key()]],
    "HEXISTS": [lambda d: ["HEXISTS", d.key(), field(d)]],
    "HKEYS": [lambda d: ["HKEYS", d.key()]],
    "HVALS": [lambda d: ["HVALS", d.key()]],
    "HINCRBY": [lambda d: ["HINCRBY", d.keys[0], d.pick("n", "n", "m", "name"), d.int(-9, 40)]],
    "HINCRBYFLOAT": [lambda d: ["HINCRBYFLOAT", d.keys[0], d.pick("n", "n", "m", "name"),
                                d.pick("0.5", "-1.25", "2")]],
    "HSETNX": [lambda d: ["HSETNX", d.key(), field(d), d.word()]],
    "HSTRLEN": [lambda d: ["HSTRLEN", d.key(), field(d)]],
}


def refused(d):
    key = d.keys[0]
    bad = [["HSET", key, "f"], ["HSET", key, "f", "v", "g"], ["HGET", key], ["HINCRBY", key, "name", 1],
           ["HINCRBY", key, "n", "x"], ["HINCRBYFLOAT", key, "n", "x"], ["HMGET", key], ["HDEL", key],
           ["HINCRBYFLOAT", key, "name", 1], ["HLEN"], ["HSETNX", key, "f"], ["HGETALL"],
           ["HINCRBY", key, "n", "9223372036854775807"], ["HRANDFIELD", key, "x"],
           ["HMSET", key, "f"], ["HRANDFIELD", key, 1, "WITHSCORES"], ["HSTRLEN", key]]
    return ["HSET", key, "name", d.word(), "n", d.int(2, 50)], ["HMGET", key, "name", "n", "f"], bad


def random_fields(server, rng, level):
    """HRANDFIELD: any answer out of the right ones."""
    d = Draw(rng, level)
    case = Case(server, "hashes", level)
    key = d.keys[0]
    fields = rng.sample(["f%d" % i for i in range(9)], rng.randint(3, 5))
    case.do("HSET", key, *[x for f in fields for x in (f, "v" + f)])
    pool = " ".join(quote(f.encode()) for f in sorted(fields))
    count = rng.randint(1, len(fields))
    case.do("HRANDFIELD", key, want=" | ".join(quote(f.encode()) for f in sorted(fields)))
    case.do("HRANDFIELD", key, count, want="pick %d {%s}" % (count, pool))
    case.do("HRANDFIELD", key, -7, want="draw 7 {%s}" % pool)
    case.do("HRANDFIELD", key, 50, "WITHVALUES", want="%%{%s}" % " ".join(
        '"%s" "v%s"' % (f, f) for f in sorted(fields)))
    case.do("HRANDFIELD", d.keys[1])
    case.do("HRANDFIELD", d.keys[1], 2)
    case.do("HLEN", key)
    return case.finish()


FAMILY = Family("hashes", seed, dump, OTHERS,
                [lambda d: ["SET", d.key(), "plain"], lambda d: ["RPUSH", d.keys[2], "alien"]])


def make_hashes(server, rng, level, number):
    if level > 1 and number % 6 == 0:
        return error_cases(server, "hashes", rng, refused, level, ["3.6"])
    if level > 1 and number % 6 == 1:
        return random_fields(server, rng, level)
    case = FAMILY.make(server, rng, level, number)
    if level == 3:
        case.statements |= {"3.1", "3.2"}
    return case
