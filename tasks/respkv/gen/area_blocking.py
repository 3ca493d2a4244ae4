# SPDX-License-Identifier: MIT
"""Area blocking."""

from family import Draw, error_cases
from script import Case


def at_once(server, rng, level):
    """Nothing to wait for."""
    d = Draw(rng, level)
    case = Case(server, "blocking", level, ["13.1"])
    one, two, three = d.keys
    case.do("RPUSH", one, *d.some(3, 4))
    case.do("RPUSH", two, *d.some(2, 3))
    for _ in range(2 + level):
        case.do(*rng.choice([["BLPOP", one, 0], ["BRPOP", one, 1], ["BLPOP", three, two, one, 0],
                             ["BRPOP", three, one, two, 2.5], ["BLMOVE", two, three, "LEFT", "RIGHT", 0],
                             ["BRPOPLPUSH", one, two, 0]][:4 if level == 1 else 6])) \
            if case.client("a").call("EXISTS", one, two) == 2 else case.do("LLEN", one)
    for key in d.keys:
        case.do("LRANGE", key, 0, -1)
    return case.finish()


def served(server, rng, level):
    """Several wait; they are served in their order."""
    d = Draw(rng, level)
    case = Case(server, "blocking", level, ["13.3"])
    key, other = d.keys[:2]
    waiting = "bcd"[:min(3, level + rng.randint(0, 1))]
    for conn in waiting:
        case.send(conn, *rng.choice([["BLPOP", key, 0], ["BRPOP", key, 0], ["BLPOP", other, key, 0]]))
        case.settle()
    case.none(waiting[-1], 5)
    values = ["%s%d" % (w, i) for i, w in enumerate(d.words)]
    case.do(rng.choice(["RPUSH", "LPUSH"]), key, *values[:rng.randint(len(waiting), 5)])
    for conn in waiting:
        case.receive(conn)
    case.do("LRANGE", key, 0, -1)
    case.do("RPUSH", other, d.word())
    case.do("LLEN", other)
    return case.finish()


def timed(server, rng, level):
    """The time runs out: not early, and with the right kind of nil."""
    d = Draw(rng, level)
    case = Case(server, "blocking", level, ["13.2"])
    key = d.keys[0]
    seconds = rng.choice(["0.06", "0.08", "0.1"])
    case.do("SET", d.keys[1], d.word())
    case.send("b", *rng.choice([["BLPOP", key, seconds], ["BRPOP", key, d.keys[2], seconds],
                                ["BLMOVE", key, d.keys[2], "LEFT", "LEFT", seconds],
                                ["BRPOPLPUSH", key, d.keys[2], seconds],
                                ["BZPOPMIN", key, seconds], ["BLMPOP", seconds, 1, key, "LEFT"]]))
    case.held("b", 50)
    case.do("GET", d.keys[1])
    case.receive("b")
    case.do("GET", d.keys[1], conn="b")
    case.do("EXISTS", key)
    case.do("RPUSH", key, d.word())
    case.do("LLEN", key)
    return case.finish()


def moved(server, rng, level):
    """BLMOVE, chains of waiting clients, and keys that come about otherwise."""
    d = Draw(rng, level)
    case = Case(server, "blocking", level, ["13.4", "13.8"])
    one, two, three = d.keys
    case.send("b", "BLMOVE", one, two, rng.choice(["LEFT", "RIGHT"]), rng.choice(["LEFT", "RIGHT"]), 0)
    case.settle()
    case.send("c", *rng.choice([["BLPOP", two, 0], ["BRPOPLPUSH", two, three, 0]]))
    case.settle()
    way = rng.randrange(4)
    if way == 0:
        case.do("RPUSH", one, *d.some(1, 3))
    elif way == 1:
        case.do("RPUSH", three + "x", *d.some(2, 3))
        case.do("RENAME", three + "x", one)
    elif way == 2:
        case.do("MULTI")
        case.do("LPUSH", one, d.words[0])
        case.do("LPUSH", one, d.words[1])
        case.do("LLEN", one)
        case.do("EXEC")
    else:
        case.do("RPUSH", three + "x", 5, rng.randint(1, 4), 9)
        case.do("SORT", three + "x", "STORE", one)
    case.receive("b")
    case.receive("c")
    for key in d.keys:
        case.do("LRANGE", key, 0, -1)
    return case.finish()


def several(server, rng, level):
    """BLMPOP, BZPOPMIN, BZPOPMAX and BZMPOP."""
    d = Draw(rng, level)
    case = Case(server, "blocking", level)
    one, two = d.keys[:2]
    if rng.random() < 0.4:
        case.send("b", "BLMPOP", 0, 2, two, one, rng.choice(["LEFT", "RIGHT"]), "COUNT", rng.randint(1, 3))
        case.settle()
        case.do("RPUSH", one, *["%s%d" % (w, i) for i, w in enumerate(d.words)])
    else:
        case.send("b", *rng.choice([["BZPOPMIN", one, two, 0], ["BZPOPMAX", two, one, 0],
                                    ["BZMPOP", 0, 2, two, one, "MIN", "COUNT", 2], ["BZMPOP", 0, 1, one, "MAX"]]))
        case.settle()
        case.send("c", rng.choice(["BZPOPMIN", "BZPOPMAX"]), one, 0)
        case.settle()
        case.do("ZADD", one, *[x for w in d.words for x in (rng.randint(0, 9), w)])
        case.receive("c")
    case.receive("b")
    case.do("TYPE", one)
    case.do(*(["LRANGE", one, 0, -1] if case.client("a").call("TYPE", one) == "list" else ["ZRANGE", one, 0, -1]))
    return case.finish()


def kept_requests(server, rng, level):
    """Requests behind a blocking one; other types; clients that leave."""
    d = Draw(rng, level)
    case = Case(server, "blocking", level, ["13.7", "13.8"])
    key, other = d.keys[:2]
    case.do("SET", other, d.word())
    case.send("b", "BLPOP", key, 0)
    case.send("b", "GET", other)
    case.send("c", "BLPOP", key, 0)
    case.settle()
    case.none("b", 5)
    leaving = rng.random() < 0.5
    if leaving:
        case.close("b")
        case.settle()
    else:
        case.do("SET", key, "of another type")
        case.do("DEL", key)
    case.do("SET", other, d.word())
    case.do("RPUSH", key, d.word(), d.word())
    if not leaving:
        case.receive("b")
        case.receive("b")
    case.receive("c")
    case.do("LRANGE", key, 0, -1)
    case.do("BLPOP", key, other, 0) if leaving else case.do("BRPOP", other, key, 0)
    return case.finish()


def refused(d):
    key = d.keys[0]
    bad = [["BLPOP", key], ["BLPOP", key, "x"], ["BRPOP", key, -1], ["BLMOVE", key, key, "UP", "LEFT", 0],
           ["BLMPOP", 0, 0, key, "LEFT"], ["BZPOPMIN", key, "soon"], ["BZMPOP", 0, 1, key, "MID"],
           ["BRPOPLPUSH", key, key], ["BLMPOP", 0, 1, key, "LEFT", "COUNT", 0], ["BLPOP", "no" + key, key + "s", 0]]
    return ["MSET", key + "s", d.word(), "t" + key, "1"], ["MGET", key + "s", key], bad


def make_blocking(server, rng, level, number):
    if level == 1:
        return [at_once, served, timed][number % 3](server, rng, level)
    if number % 6 == 5:
        return error_cases(server, "blocking", rng, refused, level, ["13.2", "3.6"])
    return [served, moved, several, kept_requests, timed][number % 6](server, rng, level)
