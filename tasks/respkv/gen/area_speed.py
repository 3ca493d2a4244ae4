# SPDX-License-Identifier: MIT
"""Area speed: large pipelines.  The replies follow from the numbers of the
commands, so that the cases stay small; the reference run proves them."""

from family import Draw
from script import Case

PRIMES = [20011, 20021, 20023, 20029, 20047, 20051, 20063, 20071, 20089, 20101]
FACTORS = [7919, 6007, 4999, 7001, 8101, 9001, 5003]


class Load:
    """Draws for one case: {x} runs through 0 to prime - 1, each once."""

    def __init__(self, server, rng, level, statements=()):
        d = Draw(rng, level)
        self.case = Case(server, "speed", level, {"16.1", "16.2", *statements})
        self.rng = rng
        self.key = d.keys[0]
        self.word = d.words[0]
        self.prime = rng.choice(PRIMES)
        self.x = "{n*%d%%%d}" % (rng.choice(FACTORS), self.prime)
        self.y = "{n*%d%%%d}" % (rng.choice(FACTORS), self.prime)

    def pipe(self, times, *commands):
        names = {"K": self.key, "W": self.word, "X": self.x, "Y": self.y, "P": str(self.prime)}

        def fill(text):
            for name, value in names.items():
                text = text.replace("<%s>" % name, value)
            return text
        self.case.pipe(times, *[(fill(command), fill(want)) for command, want in commands])

    def done(self):
        return self.case.finish()


def strings(*args):
    load = Load(*args, ["2.4"])
    load.pipe(load.prime, ("SET <K>:<X> <W>{n}", "+OK"), ("INCR <K>", ":{n+1}"))
    load.pipe(load.prime, ("GET <K>:<X>", '"<W>{n}"'), ("EXISTS <K>:<Y> <K>", "2"))
    return load.done()


def hashes(*args):
    load = Load(*args)
    load.pipe(load.prime, ("HSET <K> f<X> {n}", "1"), ("HSET <K>:<X> a {n} b <W>", "2"))
    load.pipe(load.prime, ("HINCRBY <K> f<X> 5", ":{n+5}"), ("HGET <K>:<X> a", '"{n}"'), ("HDEL <K>:<X> b c", "1"))
    return load.done()


def lists(*args):
    load = Load(*args)
    load.pipe(load.prime, ("RPUSH <K> <W>{n}", ":{n*2+1}"), ("LPUSH <K> {n}", ":{n*2+2}"))
    load.pipe(load.prime, ("LPOP <K>", '"{n*0+%d-n}"' % (load.prime - 1)), ("RPUSH other {n}", ":{n+1}"),
              ("LRANGE <K> -1 -1", '["<W>%d"]' % (load.prime - 1)))
    load.pipe(load.prime - 1, ("LPOP <K>", '"<W>{n}"'), ("RPOP other", '"{n*0+%d-n}"' % (load.prime - 1)))
    return load.done()


def sets(*args):
    load = Load(*args)
    load.pipe(load.prime, ("SADD <K> m<X>", "1"), ("SADD <K>:n <X>", "1"), ("SADD <K> m<X>", "0"))
    load.pipe(load.prime, ("SISMEMBER <K> m<Y>", "1"), ("SMOVE <K>:n <K>:t <Y>", "1"), ("SCARD <K>:t", ":{n+1}"))
    return load.done()


def ranks(*args):
    load = Load(*args)
    load.pipe(load.prime, ("ZADD <K> <X> m<X>", "1"), ("ZCARD <K>", ":{n+1}"))
    load.pipe(load.prime, ("ZRANK <K> m<Y>", ":<Y>"), ("ZSCORE <K> m<X>", '"<X>"'),
              ("ZRANGE <K> <Y> <Y>", '["m<Y>"]'))
    load.pipe(load.prime, ("ZINCRBY <K> <P> m{n}", '"{n+%d}"' % load.prime),
              ("ZRANK <K> m{n}", "%d" % (load.prime - 1)))
    return load.done()


def ranges(*args):
    load = Load(*args)
    load.pipe(load.prime, ("ZADD <K> <X> m<X>", "1"))
    load.pipe(load.prime, ("ZCOUNT <K> -inf (<Y>", ":<Y>"), ("ZRANGEBYSCORE <K> <Y> +inf LIMIT 0 1", '["m<Y>"]'),
              ("ZREVRANGE <K> 0 0", '["m%d"]' % (load.prime - 1)))
    load.pipe(load.prime, ("ZPOPMIN <K>", '["m{n}" "{n}"]'), ("ZADD <K>:b 0 {n+200000}", "1"))
    load.pipe(load.prime, ("ZRANGE <K>:b ({n+199999} + BYLEX LIMIT 0 1", '["{n+200000}"]'))
    return load.done()


def expiry(*args):
    load = Load(*args, ["10.1"])
    load.pipe(load.prime, ("SET <K>:<X> {n} EX 1000", "+OK"), ("EXPIRE <K>:<X> 2000 GT", "1"))
    load.pipe(load.prime, ("PERSIST <K>:<Y>", "1"), ("TTL <K>:<Y>", "-1"), ("PEXPIRE <K>:<Y> 9999999 NX", "1"))
    load.pipe(load.prime, ("EXPIRE <K>:<X> -1", "1"), ("GET <K>:<X>", "nil"))
    return load.done()


def transactions(*args):
    load = Load(*args, ["11.1", "3.6"])
    load.pipe(load.prime // 2, ("MULTI", "+OK"), ("INCR <K>", "+QUEUED"), ("LPUSH <K>:l {n}", "+QUEUED"),
              ("HSET <K>:h f{n} <W>", "+QUEUED"), ("EXEC", "[:{n+1} :{n+1} 1]"))
    load.pipe(load.prime // 2, ("LPUSH <K> {n}", "-WRONGTYPE"), ("HGET <K>:h f{n}", '"<W>"'),
              ("INCRBY <K> x", "-ERR"))
    return load.done()


BY_LEVEL = {1: [strings], 2: [hashes, strings, lists, sets], 3: [ranks, ranges, expiry, transactions]}


def make_speed(server, rng, level, number):
    makers = BY_LEVEL[level]
    return makers[number % len(makers)](server, rng, level)
