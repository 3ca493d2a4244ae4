# SPDX-License-Identifier: MIT
"""Random cases about one type.  The ladder: level 1 uses the core of the type
and one other command, level 2 three others, level 3 the whole family with keys
of other types between.  So a server that knows half of the commands earns about
half of the points."""

from script import Case

WORDS = ["ash", "birch", "cedar", "elm", "fir", "holly", "juniper", "larch", "maple", "oak"]
ODD = ["", "a b", "line\nbreak", "\x00\x01", "ä", "12", "-7", "x" * 70]


class Draw:
    """What a family's command makers draw from."""

    def __init__(self, rng, level):
        self.rng = rng
        self.level = level
        stem = rng.choice("bcdfghjklmnpqrstvwxz") + rng.choice("aeiou") + rng.choice("lmnrst")
        self.keys = ["%s%d:%d" % (stem, rng.randint(10, 999), i) for i in range(3)]
        self.words = rng.sample(WORDS, 5)

    def key(self):
        """Mostly the first key, so that commands meet on it."""
        return self.rng.choice([self.keys[0]] * 4 + [self.keys[1]] * 3 + [self.keys[2]])

    def word(self):
        if self.level == 3 and self.rng.random() < 0.2:
            return self.rng.choice(ODD)
        return self.rng.choice(self.words)

    def some(self, low=1, high=4):
        return [self.word() for _ in range(self.rng.randint(low, high))]

    def keys_of(self, low=2, high=3):
        return [self.key() for _ in range(self.rng.randint(low, high))]

    def int(self, low=-4, high=6):
        return self.rng.randint(low, high)

    def pick(self, *items):
        return self.rng.choice(items)

    def maybe(self, *words):
        """The words, or nothing."""
        return list(words) if self.rng.random() < 0.5 else []


class Family:
    """`seed` and `dump` make the core's commands; `others` the rest by name."""

    def __init__(self, area, seed, dump, others, alien=()):
        self.area = area
        self.seed = seed
        self.dump = dump
        self.others = others
        self.alien = alien or [lambda d: ["SET", d.key(), "plain"],
                               lambda d: ["RPUSH", d.keys[2], "alien"]]

    def names(self):
        return sorted(self.others)

    def make(self, server, rng, level, number):
        draw = Draw(rng, level)
        case = Case(server, self.area, level)
        for args in self.seed(draw):
            case.do(*args)
        for args in self.body(draw, level, number):
            case.do(*args)
        for key in draw.keys[:2 if level < 3 else 3]:
            for args in self.dump(key):
                case.do(*args)
        return case.finish()

    def body(self, draw, level, number):
        names = self.names()
        if level == 1:
            chosen = [names[number % len(names)]] * 3
        elif level == 2:
            chosen = draw.rng.sample(names, min(3, len(names))) * 2
            chosen.insert(draw.rng.randrange(len(chosen)), None)
        else:
            chosen = [draw.rng.choice(names) for _ in range(11)]
            chosen.insert(draw.rng.randrange(3, 9), "alien")
            chosen.insert(draw.rng.randrange(3, 9), None)
        for name in chosen:
            if name is None:
                yield draw.rng.choice(self.seed(draw))
            elif name == "alien":
                yield draw.rng.choice(self.alien)(draw)
            else:
                yield draw.rng.choice(self.others[name])(draw)


def error_cases(server, area, rng, commands, level, statements):
    """One case of commands that must be refused, between two that are not."""
    draw = Draw(rng, level)
    case = Case(server, area, level, statements)
    good, check, bad = commands(draw)
    case.do(*good)
    for args in rng.sample(bad, min(len(bad), 3 + level)):
        case.do(*args)
    case.do(*check)
    return case.finish()
