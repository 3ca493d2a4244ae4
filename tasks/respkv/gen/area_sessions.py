# SPDX-License-Identifier: MIT
"""Areas transactions, pubsub and concurrency: several connections at once."""

import area_lists
import area_strings
from family import Draw
from script import Case


def some_command(d, level):
    names = ["APPEND", "STRLEN", "INCR", "SETNX", "GETSET", "MGET"] if level == 1 else sorted(area_strings.STRINGS)
    table = area_strings.STRINGS
    if level > 1 and d.rng.random() < 0.3:
        table, names = area_lists.OTHERS, sorted(area_lists.OTHERS)
    return d.rng.choice(table[d.rng.choice(names)])(d)


def plain(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "transactions", level, ["11.4"] if level > 1 else [])
    case.do("SET", d.keys[0], d.word())
    case.do("MULTI")
    for _ in range(1 + level):
        case.do(*some_command(d, level))
    if level == 1:
        case.do("SET", d.keys[1], d.word())
    if level > 1:
        case.do("LPUSH", d.keys[0], "fails")
    case.do("EXEC")
    case.do("GET", d.keys[0])
    case.do(rng.choice(["EXEC", "DISCARD"]))
    return case.finish()


def discard(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "transactions", level)
    key = d.keys[0]
    case.do("SET", key, d.word())
    case.do("MULTI")
    case.do("SET", key, "never")
    case.do("RPUSH", d.keys[1], d.word())
    if level > 1:
        case.do(*rng.choice([["MULTI"], ["WATCH", key]]))
    case.do("DISCARD")
    case.do("MGET", key, d.keys[1])
    case.do("MULTI")
    case.do("APPEND", key, "!")
    case.do("EXEC")
    case.do("GET", key)
    case.do("DISCARD")
    return case.finish()


def refused(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "transactions", level, ["11.3", "2.5"])
    key = d.keys[0]
    case.do("SET", key, d.int(1, 80))
    case.do("MULTI")
    case.do("INCR", key)
    case.do(*rng.choice([["NOSUCHCOMMAND"], ["GET"], ["SET", key], ["LPUSH", key], ["HGET", key]]))
    case.do("APPEND", key, "x")
    case.do("EXEC")
    case.do("GET", key)
    case.do("MULTI")
    case.do("INCRBY", key, 5)
    case.do("EXEC")
    return case.finish()


def changes(d, key):
    """Commands of another client: some change the key, some don't."""
    return [["SET", key, d.word()], ["GET", key], ["DEL", key], ["APPEND", key, "!"], ["SETNX", key, "x"],
            ["SET", d.keys[2], "x"], ["EXPIRE", key, 100], ["DEL", d.keys[2]], ["RENAME", key, d.keys[2]],
            ["FLUSHDB"], ["FLUSHALL"], ["STRLEN", key], ["GETSET", key, "new"], ["PERSIST", key],
            ["COPY", key, d.keys[2]], ["MSET", key, "m", d.keys[2], "n"], ["RENAME", d.keys[2], d.keys[0]],
            ["LPUSH", key, "x"], ["SETRANGE", key, 1, ""], ["SETRANGE", key, 1, "z"], ["SELECT", 1],
            ["MOVE", key, 2], ["EXPIRE", key, -1], ["TYPE", key], ["SET", key, "v", "XX"]]


def watch(server, rng, level, number):
    d = Draw(rng, level)
    case = Case(server, "transactions", level, ["11.5"])
    key = d.keys[0]
    case.do("SET", key, d.word())
    case.do("SET", d.keys[1], d.int(1, 70))
    if level == 3 and number % 2:
        key = d.keys[2]
    case.do("WATCH", *([key, d.keys[1]] if level > 1 else [key]))
    options = changes(d, key)
    case.do(*options[number % len(options)], conn="b")
    if level == 3:
        if rng.random() < 0.4:
            case.do("UNWATCH")
            case.statements.add("11.6")
        case.do(*rng.choice(options[:20]), conn=rng.choice("ab"))
    case.do("MULTI")
    case.do("SET", d.keys[0], "mine")
    case.do("INCR", d.keys[1])
    case.do("EXEC")
    case.do("MGET", *d.keys)
    case.do("MULTI")
    case.do("APPEND", d.keys[0], "2")
    case.do("EXEC")
    return case.finish()


def watch_expiry(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "transactions", level, ["11.5", "11.6", "10.5"])
    ms = rng.randint(900, 1000)
    case.do("SET", d.keys[0], d.word())
    case.do("SET", d.keys[1], d.word())
    case.do("WATCH", d.keys[0])
    case.do("PEXPIRE", d.keys[0], ms)
    case.do("MULTI")
    case.do("SET", d.keys[1], "first")
    case.do("EXEC")
    case.do("WATCH", d.keys[0], d.keys[2])
    case.sleep(ms + 15)
    case.do("MULTI")
    case.do("SET", d.keys[1], "second")
    case.do("EXEC")
    case.do("GET", d.keys[1])
    case.do("WATCH", d.keys[0])
    case.do("MULTI")
    case.do("GET", d.keys[1])
    case.do("EXEC")
    return case.finish()


def isolated(server, rng, level):
    """Queued commands of two clients, and what a third one sees."""
    d = Draw(rng, level)
    case = Case(server, "transactions", level, ["11.1", "11.7", "11.8"])
    key = d.keys[0]
    case.do("SET", key, d.int(1, 60))
    case.do("MULTI")
    case.do("INCR", key)
    case.do("MULTI", conn="b")
    case.do("DECRBY", key, 5, conn="b")
    case.do("GET", key, conn="c")
    case.do("SELECT", 2)
    case.do("SET", d.keys[1], d.word())
    case.do("BLPOP", d.keys[2], 0)
    case.do("BLMOVE", d.keys[2], d.keys[2], "LEFT", "RIGHT", 0)
    case.do("EXEC", conn="b")
    case.do("GET", key, conn="c")
    case.do("EXEC")
    case.do("GET", d.keys[1])
    case.do("WATCH", key)
    case.do("SET", key, d.word(), conn="c")
    case.do("MULTI")
    case.do("DBSIZE")
    case.do("EXEC")
    case.do("GET", key, conn="c")
    return case.finish()


def make_transactions(server, rng, level, number):
    if level == 1:
        maker = [plain, discard, refused, None][number % 4]
    else:
        maker = [None, plain, None, refused, isolated, None, discard, watch_expiry][number % 8]
    if maker is None:
        return watch(server, rng, level, number)
    return maker(server, rng, level)


# ---- publish and subscribe

def channels(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "pubsub", level, ["12.4"])
    one, two = d.keys[0], d.keys[1]
    case.do("SUBSCRIBE", one, conn="b")
    if level > 1:
        case.send("b", "SUBSCRIBE", two, one)
        case.receive("b")
        case.receive("b")
    for _ in range(level):
        case.do("PUBLISH", rng.choice([one, one, two]), d.word())
    case.do("PUBLISH", one, d.word())
    case.receive_all("b")
    case.do("UNSUBSCRIBE", one, conn="b")
    case.do("PUBLISH", one, "late")
    if level > 1:
        case.send("b", "UNSUBSCRIBE")
        case.receive("b")
        case.do("UNSUBSCRIBE", conn="b")
    case.do("ECHO", d.word(), conn="b")
    case.none("b", 5)
    return case.finish()


def patterns(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "pubsub", level, ["12.3", "9.6"])
    stem = d.keys[0].split(":")[0]
    pattern = rng.choice([stem + ":*", stem + ":?", stem[:2] + "*", stem + ":[01]"])
    case.do("PSUBSCRIBE", pattern, conn="p")
    if level > 1:
        case.do("SUBSCRIBE", d.keys[0], conn="p")
        case.do("PSUBSCRIBE", "*:[1-9]", conn="q")
    for key in rng.sample(d.keys, 1 + level // 2):
        case.do("PUBLISH", key, d.word())
    case.do("PUBLISH", d.keys[0], d.word())
    case.do("PUBLISH", "x" + stem, d.word())
    for conn in ("p", "q") if level > 1 else ("p",):
        case.receive_all(conn)
    case.do("PUNSUBSCRIBE", pattern, conn="p")
    case.do("PUBLISH", d.keys[0], "after")
    if level > 1:
        case.receive("p")
        case.none("q", 5)
    return case.finish()


def limited(server, rng, level):
    """What a subscribed connection may do."""
    d = Draw(rng, level)
    case = Case(server, "pubsub", level, ["12.5", "12.7"])
    case.do("SET", d.keys[1], d.word(), conn="s")
    case.do("SUBSCRIBE", d.keys[0], conn="s")
    for args in rng.sample([["GET", d.keys[1]], ["SET", d.keys[1], "x"], ["PING"], ["PING", d.word()],
                            ["MULTI"], ["ECHO", "x"], ["SUBSCRIBE", d.keys[0]], ["PUBLISH", "a", "b"],
                            ["UNSUBSCRIBE", "none"], ["DBSIZE"]], 2 + level):
        case.do(*args, conn="s")
    if level > 1 and rng.random() < 0.5:
        case.do("RESET", conn="s")
    else:
        case.do("UNSUBSCRIBE", d.keys[0], conn="s")
    case.do("PUBLISH", d.keys[0], "x")
    case.do("GET", d.keys[1], conn="s")
    case.do("PING", conn="s")
    return case.finish()


def reset(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "pubsub", level, ["12.8"])
    key, channel = d.keys[:2]
    case.do("SET", key, d.word())
    case.do("SELECT", rng.randint(1, 15))
    case.do("MULTI")
    case.do("SET", key, "never")
    case.do("RESET")
    case.do("GET", key)
    case.do("WATCH", key)
    case.do("RESET")
    case.do("SET", key, d.word(), conn="b")
    case.do("MULTI")
    case.do("GET", key)
    case.do("EXEC")
    case.do("SUBSCRIBE", channel)
    case.do("RESET")
    case.do("PUBLISH", channel, d.word())
    case.do("EXEC")
    return case.finish()


def introspection(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "pubsub", level)
    one, two, three = d.keys
    case.do("SUBSCRIBE", one, conn="b")
    case.send("c", "SUBSCRIBE", two, one)
    case.receive("c")
    case.receive("c")
    case.do("PSUBSCRIBE", rng.choice(["z*", one[:2] + "*"]), conn="d")
    case.do("PUBSUB", "CHANNELS")
    case.do("PUBSUB", "CHANNELS", "*:" + rng.choice("01"))
    case.do("PUBSUB", "NUMSUB", one, three, two, want=None)
    case.do("PUBSUB", "NUMPAT")
    case.close("c")
    case.settle()
    case.do("PUBSUB", "CHANNELS")
    case.do("PUBLISH", one, d.word())
    case.receive("b")
    return case.finish()


def in_transaction(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "pubsub", level, ["12.7", "12.3", "11.1"])
    channel = d.keys[0]
    case.do("SUBSCRIBE", channel, conn="b")
    case.do("SELECT", rng.randint(1, 9))
    case.do("MULTI")
    words = [d.word() for _ in range(2 + level)]
    for text in words:
        case.do("PUBLISH", channel, text)
    case.none("b", 5)
    case.do("EXEC")
    for _ in words:
        case.receive("b")
    case.do("PUBLISH", "%s!" % channel, "nobody")
    case.none("b", 5)
    case.do("UNSUBSCRIBE", conn="b")
    case.do("UNSUBSCRIBE", conn="b")
    return case.finish()


def make_pubsub(server, rng, level, number):
    if level == 1:
        return [channels, patterns, limited][number % 3](server, rng, level)
    return [channels, patterns, introspection, limited, reset, in_transaction][number % 6](server, rng, level)


# ---- several connections at once

def counters(server, rng, level):
    """All clients count at the same key without waiting for each other."""
    d = Draw(rng, level)
    case = Case(server, "concurrency", level, ["1.4"])
    clients = [chr(ord("b") + i) for i in range(3 + 3 * level)]
    rounds = 2 + level
    total = len(clients) * rounds
    case.do("SET", d.keys[1], d.word())
    for conn in clients:
        case.send(conn, "GET", d.keys[1])
        for _ in range(rounds):
            case.send(conn, "INCR", d.keys[0])
        case.send(conn, "RPUSH", d.keys[2], conn)
    for conn in clients:
        case.receive(conn)
        for _ in range(rounds):
            case.receive(conn, "1..%d" % total)
        case.receive(conn, "1..%d" % len(clients))
    case.do("GET", d.keys[0])
    case.do("LLEN", d.keys[2])
    return case.finish()


def own_state(server, rng, level):
    """Each connection has its database, its transaction, its half request."""
    d = Draw(rng, level)
    case = Case(server, "concurrency", level, ["1.4", "2.4"])
    clients = "bcde"[:1 + level]
    for i, conn in enumerate(clients):
        case.do("SELECT", i + rng.randint(1, 9), conn=conn)
        case.do("SET", d.keys[0], d.word(), conn=conn)
    case.do("GET", d.keys[0])
    text = d.word()
    request = b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(d.keys[0]), d.keys[0].encode())
    cut = rng.randint(1, len(request) - 1)
    case.raw(request[:cut], conn="b")
    case.do("SET", d.keys[0], text)
    if level > 1:
        case.do("MULTI", conn=clients[-1])
    case.do("APPEND", d.keys[0], "+", conn=clients[-1])
    case.do("GET", d.keys[0])
    if level > 1:
        case.do("EXEC", conn=clients[-1])
    case.raw(request[cut:], conn="b") if clients[-1] != "b" else None
    if clients[-1] != "b":
        case.receive("b")
    case.do("DBSIZE")
    return case.finish()


def leavers(server, rng, level):
    """Clients that go without a word leave nothing behind."""
    d = Draw(rng, level)
    case = Case(server, "concurrency", level, ["1.5"])
    key = d.keys[0]
    case.do("SET", key, d.word())
    case.do("SELECT", 3, conn="b")
    if level > 1:
        case.do("MULTI", conn="b")
        case.do("SUBSCRIBE", d.keys[1], conn="c")
    case.do("SET", key, "never", conn="b")
    case.send("e", *(["BLPOP", d.keys[2], 0] if level > 1 else ["RPUSH", d.keys[2], "first"]))
    case.settle()
    for conn in rng.sample("bce" if level > 1 else "be", 2 + (level > 1)):
        case.close(conn)
    case.settle()
    case.do("GET", key)
    if level > 1:
        case.do("PUBLISH", d.keys[1], d.word())
    case.do("RPUSH", d.keys[2], d.word(), d.word())
    case.do("LRANGE", d.keys[2], 0, -1)
    case.do("SET", key, d.word(), conn="b")
    case.do("GET", key)
    return case.finish()


def crowd(server, rng, level):
    d = Draw(rng, level)
    case = Case(server, "concurrency", level, ["1.4"])
    clients = ["k%d" % i for i in range(16 * level)]
    for i, conn in enumerate(clients):
        case.do("HSET", d.keys[0], "f%d" % i, "%s-%d" % (d.words[i % 5], i), conn=conn)
    for conn in rng.sample(clients, 6):
        case.do("HGET", d.keys[0], "f" + conn[1:], conn=conn)
    case.do("HLEN", d.keys[0])
    return case.finish()


def make_concurrency(server, rng, level, number):
    return [counters, own_state, leavers, crowd][number % 4](server, rng, level)
