# SPDX-License-Identifier: MIT
"""Areas strings and bits."""

from family import Draw, Family, error_cases
from script import Case

FAR = 4102444800  # 2100-01-01, for absolute times


def seed(d):
    return [["SET", d.keys[0], d.pick(d.word(), d.int(0, 99))],
            ["SET", d.keys[1], d.pick(d.int(-50, 500), d.int(1, 9), d.word())],
            ["GET", d.keys[0]]]


def dump(key):
    return [["GET", key]]


def counted(d):
    return d.pick(d.keys[1], d.keys[1], d.keys[2], d.keys[0])


STRINGS = {
    "APPEND": [lambda d: ["APPEND", d.key(), d.word()]],
    "STRLEN": [lambda d: ["STRLEN", d.key()]],
    "GETRANGE": [lambda d: ["GETRANGE", d.key(), d.int(), d.int()]],
    "SETRANGE": [lambda d: ["SETRANGE", d.key(), d.int(0, 8), d.pick("zz", "q", "")]],
    "GETSET": [lambda d: ["GETSET", d.key(), d.word()]],
    "GETDEL": [lambda d: ["GETDEL", d.key()]],
    "GETEX": [lambda d: ["GETEX", d.key()], lambda d: ["GETEX", d.key(), "EX", 100],
              lambda d: ["GETEX", d.key(), "PERSIST"]],
    "SETNX": [lambda d: ["SETNX", d.key(), d.word()]],
    "MSET": [lambda d: ["MSET", d.key(), d.word(), d.key(), d.word()]],
    "MSETNX": [lambda d: ["MSETNX", d.key(), d.word(), d.keys[2], d.word()]],
    "MGET": [lambda d: ["MGET"] + d.keys_of(2, 4)],
    "INCR": [lambda d: ["INCR", counted(d)]],
    "DECR": [lambda d: ["DECR", counted(d)]],
    "INCRBY": [lambda d: ["INCRBY", counted(d), d.int(-30, 60)]],
    "DECRBY": [lambda d: ["DECRBY", counted(d), d.int(-30, 60)]],
    "INCRBYFLOAT": [lambda d: ["INCRBYFLOAT", counted(d), d.pick("1.5", "-0.25", "3", "2.5e1")]],
    "SET NX": [lambda d: ["SET", d.key(), d.word(), d.pick("NX", "XX", "nx")]],
    "SET GET": [lambda d: ["SET", d.key(), d.word(), "GET"] + d.maybe("XX")],
    "SET EX": [lambda d: ["SET", d.key(), d.word(), "EX", d.int(5, 9) * 10],
               lambda d: ["SET", d.key(), d.word(), "PXAT", FAR * 1000, d.pick("NX", "XX")],
               lambda d: ["SET", d.key(), d.word(), "KEEPTTL"]],
    "SETEX": [lambda d: ["SETEX", d.key(), 100, d.word()],
              lambda d: ["PSETEX", d.key(), 100000, d.word()]],
}

BITS = {
    "SETBIT": [lambda d: ["SETBIT", d.key(), d.int(0, 40), d.int(0, 1)]],
    "GETBIT": [lambda d: ["GETBIT", d.key(), d.int(0, 40)]],
    "BITCOUNT": [lambda d: ["BITCOUNT", d.key()],
                 lambda d: ["BITCOUNT", d.key(), d.int(), d.int()],
                 lambda d: ["BITCOUNT", d.key(), d.int(0, 9), d.int(-9, 30), "BIT"]],
    "BITPOS": [lambda d: ["BITPOS", d.key(), d.int(0, 1)],
               lambda d: ["BITPOS", d.key(), d.int(0, 1), d.int(-2, 2)],
               lambda d: ["BITPOS", d.key(), d.int(0, 1), d.int(0, 2), d.int(-1, 4)],
               lambda d: ["BITPOS", d.key(), 1, d.int(0, 9), d.int(10, 30), "BIT"]],
    "BITOP": [lambda d: ["BITOP", d.pick("AND", "OR", "XOR"), d.keys[2]] + d.keys[:2],
              lambda d: ["BITOP", "NOT", d.key(), d.key()]],
}


def bit_seed(d):
    return [["SET", d.keys[0], d.word() + d.pick("\x00", "\x7f", "Q")],
            ["SETBIT", d.keys[1], d.int(3, 30), 1], ["GETBIT", d.keys[1], d.int(0, 30)],
            ["GET", d.keys[0]]]


def refused_strings(d):
    key, other = d.keys[0], d.keys[1]
    bad = [["INCR", key], ["INCRBY", other, "1.5"], ["DECRBY", other, "x"], ["GET"],
           ["SET", key], ["SET", key, "v", "NX", "XX"], ["SET", key, "v", "EX", 0],
           ["SET", key, "v", "EX", "abc"], ["SET", key, "v", "EX"], ["SETRANGE", key, -1, "v"],
           ["SET", key, "v", "BOGUS"], ["SET", key, "v", "EX", 10, "PX", 10], ["MSET", key],
           ["MSET", key, "v", other], ["INCRBYFLOAT", key, 1], ["SETEX", key, -5, "v"],
           ["INCRBY", other, "9223372036854775808"], ["GETRANGE", key, "a", 1],
           ["SET", key, "v", "KEEPTTL", "EX", 5], ["INCRBYFLOAT", other, "abc"],
           ["GETEX", key, "EX", 0], ["APPEND", key], ["STRLEN"], ["SETEX", key, "ten", "v"],
           ["INCRBY", other, "05"], ["INCRBY", other, "+5"], ["DECRBY", other, " 5"], ["INCRBY", other, ""],
           ["GETRANGE", key, "0 ", 1], ["SETRANGE", key, "1e1", "v"], ["INCRBYFLOAT", other, "nan"]]
    return ["MSET", key, d.word(), other, d.int(1, 99)], ["MGET", key, other], bad


def refused_bits(d):
    key = d.keys[0]
    bad = [["SETBIT", key, -1, 1], ["SETBIT", key, 3, 2], ["SETBIT", key, 4294967296, 1],
           ["GETBIT", key, "x"], ["BITCOUNT", key, 1], ["BITPOS", key, 2],
           ["BITOP", "NOT", key, key, key], ["BITOP", "NAND", key, key],
           ["BITCOUNT", key, 0, 1, "WORD"], ["GETBIT", key, -2], ["SETBIT", key, 1],
           ["BITPOS", key, "x"], ["BITCOUNT", key, "a", 2]]
    return ["SET", key, d.word()], ["GET", key], bad


def borders(server, rng, level):
    """Counting at the ends of 64 bits."""
    d = Draw(rng, level)
    case = Case(server, "strings", level, ["5.12", "3.6", "15.3"])
    high, low = 9223372036854775807, -9223372036854775808
    a, b = d.keys[:2]
    case.do("SET", a, high - rng.randint(0, 3))
    case.do("SET", b, low + rng.randint(0, 3))
    for _ in range(5):
        case.do(*rng.choice([["INCR", a], ["DECR", b], ["INCRBY", a, rng.choice([2, high])],
                             ["DECRBY", b, rng.choice([2, high])], ["INCRBY", b, low],
                             ["DECRBY", a, low]]))
    case.do("MGET", a, b)
    return case.finish()


def lifetimes(server, rng, level):
    """Which commands keep a time to live, and which drop it."""
    d = Draw(rng, level)
    case = Case(server, "strings", level, ["10.6", "5.4"])
    key = d.keys[0]
    case.do("SET", key, rng.randint(1, 50), "EX", rng.choice([100, 500]))
    for _ in range(3):
        case.do(*rng.choice([["APPEND", key, "1"], ["INCR", key], ["SETRANGE", key, 0, "9"],
                             ["SET", key, "3", "KEEPTTL"], ["GETSET", key, "7"],
                             ["SET", key, "4"], ["MSET", key, "5"], ["INCRBYFLOAT", key, "2"],
                             ["GETEX", key, "PERSIST"], ["SETEX", key, 1000, "8"]]))
        case.do("TTL", key)
    case.do("GET", key)
    return case.finish()


FAMILY = Family("strings", seed, dump, STRINGS,
                [lambda d: ["DEL", d.key()], lambda d: ["RPUSH", d.keys[2], "alien"]])
BIT_FAMILY = Family("bits", bit_seed, dump, BITS)


def make_strings(server, rng, level, number):
    if level == 1 or number % 5 > 2:
        return FAMILY.make(server, rng, level, number)
    if number % 5 == 0:
        return error_cases(server, "strings", rng, refused_strings, level, ["3.6", "2.6", "3.3"])
    return (borders if number % 5 == 1 and level == 3 else lifetimes)(server, rng, level)


def make_bits(server, rng, level, number):
    if level > 1 and number % 4 == 0:
        return error_cases(server, "bits", rng, refused_bits, level, ["3.6"])
    return BIT_FAMILY.make(server, rng, level, number)
