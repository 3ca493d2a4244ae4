# SPDX-License-Identifier: MIT
"""Area lists."""

from family import Family, error_cases


def seed(d):
    return [["RPUSH", d.keys[0]] + d.some(3, 5), ["LPUSH", d.keys[1]] + d.some(2, 3),
            ["LRANGE", d.keys[0], 0, -1]]


def dump(key):
    return [["LRANGE", key, 0, -1]]


def side(d):
    return d.pick("LEFT", "RIGHT", "left")


OTHERS = {
    "LPUSHX": [lambda d: [d.pick("LPUSHX", "RPUSHX"), d.key()] + d.some(1, 2)],
    "LLEN": [lambda d: ["LLEN", d.key()]],
    "LPOP": [lambda d: ["LPOP", d.key()], lambda d: ["LPOP", d.key(), d.int(0, 3)]],
    "RPOP": [lambda d: ["RPOP", d.key()], lambda d: ["RPOP", d.key(), d.int(0, 3)]],
    "LINDEX": [lambda d: ["LINDEX", d.key(), d.int()]],
    "LRANGE": [lambda d: ["LRANGE", d.key(), d.int(), d.int()]],
    "LSET": [lambda d: ["LSET", d.key(), d.int(-3, 3), d.word()]],
    "LINSERT": [lambda d: ["LINSERT", d.key(), d.pick("BEFORE", "AFTER"), d.word(), d.word()]],
    "LREM": [lambda d: ["LREM", d.key(), d.int(-2, 2), d.word()]],
    "LTRIM": [lambda d: ["LTRIM", d.key(), d.int(-4, 2), d.int(-2, 5)]],
    "RPOPLPUSH": [lambda d: ["RPOPLPUSH", d.key(), d.key()]],
    "LMOVE": [lambda d: ["LMOVE", d.key(), d.key(), side(d), side(d)]],
    "LPOS": [lambda d: ["LPOS", d.key(), d.word()],
             lambda d: ["LPOS", d.key(), d.word(), "COUNT", d.int(0, 2)],
             lambda d: ["LPOS", d.key(), d.word(), "RANK", d.pick(1, 2, -1, -2)]
             + d.maybe("COUNT", 0) + d.maybe("MAXLEN", d.int(0, 4))],
    "LMPOP": [lambda d: ["LMPOP", 2] + d.keys_of(2, 2) + [side(d)] + d.maybe("COUNT", d.int(1, 3))],
}


def refused(d):
    key = d.keys[0]
    bad = [["LPUSH", key], ["LRANGE", key, 0], ["LRANGE", key, "a", 1], ["LPOP", key, -1],
           ["LSET", key, 99, "v"], ["LSET", d.keys[1], 0, "v"], ["LPOS", key, "v", "RANK", 0],
           ["LINSERT", key, "UNDER", "a", "b"], ["LREM", key, "x", "v"], ["LLEN"],
           ["LMOVE", key, key, "UP", "LEFT"], ["LMPOP", 0, key, "LEFT"], ["RPOP", key, "x"],
           ["LPOS", key, "v", "COUNT", -1], ["LPOS", key, "v", "MAXLEN", -1],
           ["LMPOP", 1, key, "LEFT", "COUNT", 0], ["LINDEX", key, "1.0"], ["LTRIM", key, 1],
           ["LMPOP", 2, key, "LEFT"], ["RPOPLPUSH", key]]
    return ["RPUSH", key] + d.some(2, 5), ["LRANGE", key, 0, -1], bad


FAMILY = Family("lists", seed, dump, OTHERS,
                [lambda d: ["SET", d.key(), "plain"], lambda d: ["SADD", d.keys[2], "alien"],
                 lambda d: ["DEL", d.key()]])


def make_lists(server, rng, level, number):
    if level > 1 and number % 5 == 0:
        return error_cases(server, "lists", rng, refused, level, ["3.6", "3.4"])
    case = FAMILY.make(server, rng, level, number)
    if level == 3:
        case.statements |= {"3.1", "3.2"}
    return case
