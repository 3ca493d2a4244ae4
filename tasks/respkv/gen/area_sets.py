# SPDX-License-Identifier: MIT
"""Area sets."""

from family import Draw, Family, error_cases
from script import Case, quote


def seed(d):
    return [["SADD", d.keys[0]] + d.some(3, 5), ["SADD", d.keys[1]] + d.some(2, 4),
            ["SMEMBERS", d.keys[0]]]


def dump(key):
    return [["SMEMBERS", key], ["SCARD", key]]


OTHERS = {
    "SADD": [lambda d: ["SADD", d.key()] + d.some(2, 3), lambda d: ["SADD", d.key(), d.int(), d.int()]],
    "SREM": [lambda d: ["SREM", d.key()] + d.some(1, 3)],
    "SISMEMBER": [lambda d: ["SISMEMBER", d.key(), d.word()]],
    "SMISMEMBER": [lambda d: ["SMISMEMBER", d.key()] + d.some(2, 4)],
    "SCARD": [lambda d: ["SCARD", d.key()]],
    "SUNION": [lambda d: ["SUNION"] + d.keys_of()],
    "SINTER": [lambda d: ["SINTER"] + d.keys_of()],
    "SDIFF": [lambda d: ["SDIFF"] + d.keys_of()],
    "SUNIONSTORE": [lambda d: ["SUNIONSTORE", d.key()] + d.keys_of()],
    "SINTERSTORE": [lambda d: ["SINTERSTORE", d.key()] + d.keys_of()],
    "SDIFFSTORE": [lambda d: ["SDIFFSTORE", d.key()] + d.keys_of()],
    "SINTERCARD": [lambda d: ["SINTERCARD", 2] + d.keys_of(2, 2) + d.maybe("LIMIT", d.int(0, 2))],
    "SMOVE": [lambda d: ["SMOVE", d.key(), d.key(), d.word()]],
}


def refused(d):
    key = d.keys[0]
    bad = [["SADD", key], ["SREM", key], ["SISMEMBER", key], ["SUNION"], ["SINTERSTORE", key],
           ["SINTERCARD", 0, key], ["SINTERCARD", 3, key], ["SINTERCARD", "x", key],
           ["SINTERCARD", 1, key, "LIMIT", -1], ["SMOVE", key, key], ["SPOP", key, -1],
           ["SRANDMEMBER", key, "x"], ["SMISMEMBER", key], ["SCARD", key, key], ["SPOP", key, "two"],
           ["SINTERCARD", 1, key, "MAX", 1]]
    return ["SADD", key] + d.some(3, 6), ["SMEMBERS", key], bad


def random_members(server, rng, level):
    """SPOP and SRANDMEMBER: any answer out of the right ones."""
    d = Draw(rng, level)
    case = Case(server, "sets", level)
    key, members = d.keys[0], rng.sample(["m%d" % i for i in range(20)], rng.randint(4, 7))
    pool = " ".join(quote(m.encode()) for m in sorted(members))
    count = rng.randint(1, 3)
    case.do("SADD", key, *members)
    case.do("SRANDMEMBER", key, want=" | ".join(quote(m.encode()) for m in sorted(members)))
    case.do("SRANDMEMBER", key, count, want="pick %d {%s}" % (count, pool))
    case.do("SRANDMEMBER", key, -9, want="draw 9 {%s}" % pool)
    case.do("SRANDMEMBER", key, 30, want="{%s}" % pool)
    case.do("SPOP", key, count, want="pick %d {%s}" % (count, pool))
    case.do("SCARD", key)
    case.do("SPOP", key, want=" | ".join(quote(m.encode()) for m in sorted(members)))
    case.do("SCARD", key)
    case.do("SMEMBERS", key, want="pick %d {%s}" % (len(members) - count - 1, pool))
    case.do("SPOP", d.keys[1])
    case.do("SPOP", d.keys[1], 3)
    case.do("SPOP", key, 99, want="pick %d {%s}" % (len(members) - count - 1, pool))
    case.do("EXISTS", key)
    return case.finish()


FAMILY = Family("sets", seed, dump, OTHERS,
                [lambda d: ["SET", d.key(), "plain"], lambda d: ["RPUSH", d.keys[2], "alien"],
                 lambda d: ["DEL", d.key()]])


def make_sets(server, rng, level, number):
    if level > 1 and number % 6 == 0:
        return error_cases(server, "sets", rng, refused, level, ["3.6"])
    if level > 1 and number % 6 == 1:
        return random_members(server, rng, level)
    case = FAMILY.make(server, rng, level, number)
    if level == 3:
        case.statements |= {"3.1", "3.2"}
    return case
