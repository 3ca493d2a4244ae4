# SPDX-License-Identifier: MIT
"""Which statement of contract.md speaks of which command."""

STATEMENTS = {
    "4.1": "PING ECHO", "4.2": "SELECT", "4.3": "DBSIZE FLUSHDB FLUSHALL", "4.4": "QUIT",
    "4.5": "SWAPDB", "5.1": "SET GET", "5.4": "SETEX PSETEX", "5.5": "SETNX",
    "5.6": "GETSET GETDEL", "5.7": "GETEX", "5.8": "MSET MSETNX MGET", "5.9": "APPEND STRLEN",
    "5.10": "GETRANGE", "5.11": "SETRANGE", "5.12": "INCR DECR INCRBY DECRBY",
    "5.13": "INCRBYFLOAT", "6.1": "SETBIT GETBIT", "6.2": "BITCOUNT", "6.3": "BITPOS",
    "6.4": "BITOP", "7.1": "LPUSH RPUSH LPUSHX RPUSHX", "7.2": "LPOP RPOP",
    "7.3": "LLEN LRANGE LINDEX", "7.4": "LSET", "7.5": "LINSERT", "7.6": "LREM",
    "7.7": "LTRIM", "7.8": "LPOS", "7.9": "LMOVE RPOPLPUSH", "7.10": "LMPOP",
    "8.1": "HSET HMSET HSETNX", "8.2": "HGET HMGET HGETALL HKEYS HVALS",
    "8.3": "HDEL HLEN HEXISTS HSTRLEN", "8.4": "HINCRBY HINCRBYFLOAT", "8.5": "HRANDFIELD",
    "8.6": "SADD SREM", "8.7": "SISMEMBER SMISMEMBER SCARD SMEMBERS",
    "8.8": "SUNION SINTER SDIFF SUNIONSTORE SINTERSTORE SDIFFSTORE", "8.9": "SINTERCARD",
    "8.10": "SMOVE", "8.11": "SPOP SRANDMEMBER", "8.12": "ZADD", "8.13": "ZINCRBY",
    "8.14": "ZSCORE ZMSCORE ZCARD ZREM", "8.15": "ZRANK ZREVRANK", "8.16": "ZRANGE",
    "8.18": "ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZRANGEBYLEX ZREVRANGEBYLEX",
    "8.19": "ZCOUNT ZLEXCOUNT",
    "8.20": "ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREMRANGEBYLEX", "8.21": "ZPOPMIN ZPOPMAX ZMPOP",
    "8.22": "ZUNIONSTORE ZINTERSTORE ZDIFFSTORE", "8.23": "ZUNION ZINTER ZDIFF ZINTERCARD",
    "8.24": "ZRANGESTORE", "8.25": "ZRANDMEMBER", "9.1": "DEL UNLINK EXISTS TOUCH",
    "9.2": "TYPE", "9.3": "RENAME RENAMENX", "9.4": "COPY", "9.5": "MOVE", "9.6": "KEYS",
    "9.7": "RANDOMKEY", "9.8": "SCAN", "9.9": "HSCAN SSCAN ZSCAN", "9.10": "SORT",
    "10.1": "EXPIRE PEXPIRE EXPIREAT PEXPIREAT", "10.3": "TTL PTTL EXPIRETIME PEXPIRETIME",
    "10.4": "PERSIST", "11.1": "MULTI EXEC", "11.2": "DISCARD", "11.5": "WATCH",
    "11.6": "UNWATCH", "12.1": "SUBSCRIBE UNSUBSCRIBE", "12.2": "PSUBSCRIBE PUNSUBSCRIBE",
    "12.3": "PUBLISH", "12.6": "PUBSUB", "12.8": "RESET", "13.1": "BLPOP BRPOP",
    "13.4": "BLMOVE BRPOPLPUSH", "13.5": "BLMPOP", "13.6": "BZPOPMIN BZPOPMAX BZMPOP",
}

BY_COMMAND = {name: statement for statement, names in STATEMENTS.items()
              for name in names.split()}

OPTIONS = {  # (command, option word): the statement that explains it
    ("SET", "NX"): "5.2", ("SET", "XX"): "5.2", ("SET", "GET"): "5.3", ("SET", "EX"): "5.4",
    ("SET", "PX"): "5.4", ("SET", "EXAT"): "5.4", ("SET", "PXAT"): "5.4",
    ("SET", "KEEPTTL"): "5.4", ("ZADD", "INCR"): "8.13", ("ZRANGE", "BYSCORE"): "8.17",
    ("ZRANGE", "BYLEX"): "8.17", ("ZRANGESTORE", "BYSCORE"): "8.17",
    ("ZRANGESTORE", "BYLEX"): "8.17", ("EXPIRE", "NX"): "10.2", ("EXPIRE", "XX"): "10.2",
    ("EXPIRE", "GT"): "10.2", ("EXPIRE", "LT"): "10.2", ("PEXPIRE", "NX"): "10.2",
    ("PEXPIRE", "XX"): "10.2", ("PEXPIRE", "GT"): "10.2", ("PEXPIRE", "LT"): "10.2",
}


def of_command(words):
    """The statements that a command line is about."""
    name = words[0].upper()
    found = {BY_COMMAND[name]} if name in BY_COMMAND else set()
    for word in words[1:]:
        option = OPTIONS.get((name, word.upper()))
        if option:
            found.add(option)
    return found


def order(statement):
    section, number = statement.split(".")
    return int(section), int(number)
