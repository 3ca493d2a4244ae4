# SPDX-License-Identifier: MIT
"""Area zsets."""

from family import Draw, Family, error_cases
from script import Case, quote


def score(d):
    return d.pick(d.int(), d.int(), d.int(-20, 90), "1.5", "-0.25")


def low(d):
    return d.pick(d.int(-5, 2), "(%d" % d.int(-5, 2), "-inf")


def high(d):
    return d.pick(d.int(1, 9), "(%d" % d.int(1, 9), "+inf")


def seed(d):
    first = [x for w in d.rng.sample(d.words, 4) for x in (score(d), w)]
    second = [x for w in d.rng.sample(d.words, 3) for x in (score(d), w)]
    return [["ZADD", d.keys[0]] + first, ["ZADD", d.keys[1]] + second,
            ["ZRANGE", d.keys[0], 0, -1]]


def dump(key):
    return [["ZRANGE", key, 0, -1, "WITHSCORES"]]


def weights(d):
    return d.maybe("WEIGHTS", d.int(1, 3), d.int(-2, 4)) + d.maybe(
        "AGGREGATE", d.pick("SUM", "MIN", "MAX"))


def two(d):
    return [2] + d.keys_of(2, 2)


OTHERS = {
    "ZADD": [lambda d: ["ZADD", d.key(), score(d), d.word(), score(d), d.word()],
             lambda d: ["ZADD", d.key(), d.pick("NX", "XX", "GT", "LT"), score(d), d.word()],
             lambda d: ["ZADD", d.key(), "CH", score(d), d.word(), score(d), d.word()],
             lambda d: ["ZADD", d.key(), d.pick("XX", "GT", "CH"), "INCR", score(d), d.word()]],
    "ZSCORE": [lambda d: ["ZSCORE", d.key(), d.word()]],
    "ZMSCORE": [lambda d: ["ZMSCORE", d.key()] + d.some(2, 3)],
    "ZINCRBY": [lambda d: ["ZINCRBY", d.key(), score(d), d.word()]],
    "ZCARD": [lambda d: ["ZCARD", d.key()]],
    "ZREM": [lambda d: ["ZREM", d.key()] + d.some(1, 2)],
    "ZRANK": [lambda d: ["ZRANK", d.key(), d.word()]],
    "ZREVRANK": [lambda d: ["ZREVRANK", d.key(), d.word()]],
    "ZCOUNT": [lambda d: ["ZCOUNT", d.key(), low(d), high(d)]],
    "ZRANGE": [lambda d: ["ZRANGE", d.key(), d.int(), d.int()] + d.maybe("REV") + d.maybe("WITHSCORES")],
    "ZRANGE BYSCORE": [lambda d: ["ZRANGE", d.key(), low(d), high(d), "BYSCORE"]
                       + d.maybe("LIMIT", d.int(0, 2), d.int(-1, 3)) + d.maybe("WITHSCORES"),
                       lambda d: ["ZRANGE", d.key(), high(d), low(d), "BYSCORE", "REV"]],
    "ZREVRANGE": [lambda d: ["ZREVRANGE", d.key(), d.int(), d.int()] + d.maybe("WITHSCORES")],
    "ZRANGEBYSCORE": [lambda d: ["ZRANGEBYSCORE", d.key(), low(d), high(d)]
                      + d.maybe("WITHSCORES") + d.maybe("LIMIT", d.int(0, 2), d.int(-1, 3))],
    "ZREVRANGEBYSCORE": [lambda d: ["ZREVRANGEBYSCORE", d.key(), high(d), low(d)]
                         + d.maybe("LIMIT", 0, 2)],
    "ZREMRANGEBYRANK": [lambda d: ["ZREMRANGEBYRANK", d.key(), d.int(-2, 2), d.int(-3, 2)]],
    "ZREMRANGEBYSCORE": [lambda d: ["ZREMRANGEBYSCORE", d.key(), d.int(-3, 3), d.int(1, 9)]],
    "ZPOPMIN": [lambda d: ["ZPOPMIN", d.key()] + d.maybe(d.int(0, 3))],
    "ZPOPMAX": [lambda d: ["ZPOPMAX", d.key()] + d.maybe(d.int(0, 3))],
    "ZMPOP": [lambda d: ["ZMPOP"] + two(d) + [d.pick("MIN", "MAX")] + d.maybe("COUNT", d.int(1, 3))],
    "ZUNIONSTORE": [lambda d: ["ZUNIONSTORE", d.key()] + two(d) + weights(d)],
    "ZINTERSTORE": [lambda d: ["ZINTERSTORE", d.key()] + two(d) + weights(d)],
    "ZDIFFSTORE": [lambda d: ["ZDIFFSTORE", d.keys[2]] + two(d)],
    "ZUNION": [lambda d: ["ZUNION"] + two(d) + weights(d) + d.maybe("WITHSCORES")],
    "ZINTER": [lambda d: ["ZINTER"] + two(d) + weights(d) + ["WITHSCORES"]],
    "ZDIFF": [lambda d: ["ZDIFF"] + two(d) + d.maybe("WITHSCORES")],
    "ZINTERCARD": [lambda d: ["ZINTERCARD"] + two(d) + d.maybe("LIMIT", 1)],
    "ZRANGESTORE": [lambda d: ["ZRANGESTORE", d.keys[2], d.key(), d.int(0, 1), d.int(-2, 3)],
                    lambda d: ["ZRANGESTORE", d.keys[2], d.key(), low(d), high(d), "BYSCORE"]],
}


def refused(d):
    key = d.keys[0]
    bad = [["ZADD", key, 1], ["ZADD", key, "x", "m"], ["ZADD", key, "NX", "XX", 1, "m"],
           ["ZADD", key, "GT", "LT", 1, "m"], ["ZADD", key, "NX", "GT", 1, "m"],
           ["ZADD", key, "INCR", 1, "m", 2, "n"], ["ZADD", key, 1, "m", 2], ["ZSCORE", key],
           ["ZRANGE", key, "a", 1], ["ZRANGE", key, 0, 1, "LIMIT", 0, 1], ["ZCOUNT", key, "x", 1],
           ["ZRANGE", key, "-", "+", "BYLEX", "WITHSCORES"], ["ZRANGEBYSCORE", key, "(x", 1],
           ["ZINCRBY", key, "x", "m"], ["ZADD", key, "nan", "m"], ["ZUNIONSTORE", key, 0, key],
           ["ZLEXCOUNT", key, "a", "b"], ["ZINTER", 1, key, "WEIGHTS", "x"], ["ZPOPMIN", key, -1],
           ["ZUNION", 1, key, "AGGREGATE", "AVG"], ["ZMPOP", 0, key, "MIN"], ["ZRANGE", key, 0],
           ["ZMPOP", 1, key, "MID"], ["ZINTERCARD", 1, key, "LIMIT", -1], ["ZREM", key]]
    return (["ZADD", key] + [x for w in d.words[:3] for x in (d.int(), w)],
            ["ZRANGE", key, 0, -1, "WITHSCORES"], bad)


def by_text(server, rng, level):
    """Ranges by member, all scores being equal."""
    d = Draw(rng, level)
    case = Case(server, "zsets", level, ["8.17"])
    key, names = d.keys[0], rng.sample(["a", "ab", "b", "ba", "c", "cc", "d", "e", "f", "B"], 6)
    case.do("ZADD", key, *[x for n in names for x in (0, n)])

    def end(side):
        return rng.choice(["[", "("]) + rng.choice("abcdef") if rng.random() < 0.8 else side
    for _ in range(3 + level):
        first, last = sorted([end("-"), end("-")], key=lambda t: t[1:])
        last = rng.choice([last, "+"]) if last != "-" else "+"
        case.do(*rng.choice([
            ["ZRANGEBYLEX", key, first, last], ["ZREVRANGEBYLEX", key, last, first],
            ["ZLEXCOUNT", key, first, last], ["ZRANGE", key, first, last, "BYLEX"],
            ["ZRANGEBYLEX", key, first, last, "LIMIT", rng.randint(0, 2), rng.randint(-1, 3)],
            ["ZRANGE", key, last, first, "BYLEX", "REV"],
            ["ZRANGESTORE", d.keys[1], key, first, last, "BYLEX"]]))
    case.do("ZREMRANGEBYLEX", key, "[" + rng.choice("bc"), "(" + rng.choice("def"))
    case.do("ZRANGE", key, 0, -1)
    return case.finish()


def odd_scores(server, rng, level):
    """Infinities, ties, and sets of plain members among sorted ones."""
    d = Draw(rng, level)
    case = Case(server, "zsets", level, ["8.12", "3.5"])
    key, other = d.keys[:2]
    case.do("ZADD", key, "inf", "top", "-inf", "bottom", rng.randint(1, 9), "mid")
    case.do("ZADD", key, *[x for w in d.words for x in (rng.randint(2, 3), w)])
    case.do("SADD", other, d.words[0], "mid", "new")
    for _ in range(4):
        case.do(*rng.choice([
            ["ZINCRBY", key, "-inf", "top"], ["ZRANGEBYSCORE", key, "(2", "inf", "WITHSCORES"],
            ["ZUNION", 2, key, other, "WITHSCORES"], ["ZINTER", 2, key, other, "WITHSCORES"],
            ["ZRANK", key, rng.choice(d.words)], ["ZADD", key, "1e3", "mid"], ["ZSCORE", key, "top"],
            ["ZDIFF", 2, key, other, "WITHSCORES"], ["ZCOUNT", key, "-inf", "(3"],
            ["ZADD", key, "GT", "CH", 3, d.words[1]], ["ZINCRBY", key, "0.5", "mid"],
            ["ZADD", key, "0.1", "tenth"], ["ZREVRANGE", key, 0, 2, "WITHSCORES"]]))
    case.do("ZRANGE", key, 0, -1, "WITHSCORES")
    return case.finish()


def random_members(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "zsets", level, ["8.25"])
    key, names = d.keys[0], sorted(d.words)
    pool = " ".join(quote(n.encode()) for n in names)
    case.do("ZADD", key, *[x for i, n in enumerate(names) for x in (i, n)])
    case.do("ZRANDMEMBER", key, want=" | ".join(quote(n.encode()) for n in names))
    case.do("ZRANDMEMBER", key, 2, want="pick 2 {%s}" % pool)
    case.do("ZRANDMEMBER", key, -8, want="draw 8 {%s}" % pool)
    case.do("ZRANDMEMBER", key, 30, "WITHSCORES", want="%%{%s}" % " ".join(
        '%s "%d"' % (quote(n.encode()), i) for i, n in enumerate(names)))
    case.do("ZRANDMEMBER", d.keys[1])
    case.do("ZRANDMEMBER", d.keys[1], rng.randint(1, 5))
    case.do("ZCARD", key)
    return case.finish()


FAMILY = Family("zsets", seed, dump, OTHERS,
                [lambda d: ["SET", d.key(), "plain"], lambda d: ["SADD", d.keys[2], d.word()],
                 lambda d: ["DEL", d.key()]])
SPECIAL = {0: by_text, 1: odd_scores, 2: random_members}


def make_zsets(server, rng, level, number):
    if level > 1 and number % 7 == 3:
        return error_cases(server, "zsets", rng, refused, level, ["3.6"])
    if level > 1 and number % 7 in SPECIAL:
        return SPECIAL[number % 7](server, rng, level)
    case = FAMILY.make(server, rng, level, number)
    if level == 3:
        case.statements |= {"3.1", "3.2"}
    return case
