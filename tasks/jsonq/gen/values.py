# SPDX-License-Identifier: MIT
"""Random JSON values.  Every generator takes a Context and returns a value or a Many of values."""
import json

SYLLABLES = ['ka', 'ro', 'mi', 'te', 'lu', 'sen', 'bar', 'vo', 'ni', 'dra', 'el', 'ost', 'pi', 'qua', 'zu', 'he', 'ga', 'or']
SPECIAL = ['Ünï', 'é', 'ß', '日本', 'a b', 'x,y', 'q"r', "o'p", '<t>', 'a&b', 'A-1', 'B_2', '😀', 'p/q', 'C.d']

# Field names are drawn so that their order by code points is always id, opt, name, num, sub, tags.
FIELDS = {
    'id': ['aid', 'bid', 'code', 'cid', 'akey'],
    'opt': ['extra', 'flag', 'done', 'else1'],
    'name': ['handle', 'kind', 'lead', 'name', 'lemma'],
    'num': ['price', 'qty', 'points', 'pay', 'ohm'],
    'sub': ['rest', 'side', 'spec', 'seat', 'rim'],
    'tags': ['tags', 'topics', 'words', 'via', 'threads'],
    'x': ['down', 'from', 'left', 'lo', 'east'],
    'y': ['to', 'up', 'right', 'west', 'top'],
}


class Many(list):
    """Several input values instead of one."""


class Context:
    """What one case draws from: a random source, and the field names of its records."""

    def __init__(self, rng):
        self.rng = rng
        self.names = {k: rng.choice(v) for k, v in FIELDS.items()}

    def word(self):
        r = self.rng
        return ''.join(r.choice(SYLLABLES) for _ in range(r.randint(1, 3)))

    def any_word(self):
        r = self.rng
        w = self.word()
        if r.random() < .35:
            w = r.choice([w + r.choice(SPECIAL), r.choice(SPECIAL) + w, w.capitalize(), w.upper()])
        return w

    def number(self):
        r = self.rng
        return r.choice([r.randint(-20, 40), r.randint(0, 99), r.randint(0, 9), r.randint(1, 30) + r.choice([.5, .25, .75])])

    def scalar(self):
        r = self.rng
        return r.choice([None, True, False, self.number(), self.number(), self.any_word(), self.any_word()])

    def tree(self, depth):
        r = self.rng
        if depth == 0 or r.random() < .25:
            return self.scalar()
        if r.random() < .5:
            return [self.tree(depth - 1) for _ in range(r.randint(1, 3))]
        return {self.word(): self.tree(depth - 1) for _ in range(r.randint(1, 3))}


def rec(c):
    r, n = c.rng, c.names
    v = {n['id']: r.randint(1, 60), n['name']: c.any_word(), n['num']: c.number(),
         n['tags']: [c.word() for _ in range(r.randint(1, 4))],
         n['sub']: {n['x']: r.randint(-9, 30), n['y']: c.scalar()}}
    if r.random() < .5:
        v[n['opt']] = r.choice([None, True, False, c.word()])
    return v


def recs(c):
    rows = [rec(c) for _ in range(c.rng.randint(3, 5))]
    groups = [c.rng.randint(1, 9) for _ in range(2)]
    for row in rows:
        if c.rng.random() < .5:
            row[c.names['id']] = c.rng.choice(groups)
    return rows


def obj(c):
    return {c.word(): c.number() for _ in range(c.rng.randint(2, 5))}


def ints(c):
    return [c.rng.randint(-9, 30) for _ in range(c.rng.randint(4, 8))]


def small(c):
    return [c.rng.randint(0, 6) for _ in range(c.rng.randint(5, 9))]


def mixed(c):
    base = [None, True, False, c.number(), c.number(), c.any_word(), [c.number()], {c.word(): c.number()}]
    c.rng.shuffle(base)
    return base[:c.rng.randint(5, 8)]


def matrix(c):
    return [[c.rng.randint(0, 20) for _ in range(c.rng.randint(1, 4))] for _ in range(c.rng.randint(2, 4))]


def nested(c):
    return {c.word(): [{c.word(): c.number(), 'z': [c.word(), c.scalar()]}, c.tree(2)], 'zz': c.tree(2)}


def stamps(c):
    return [c.rng.randint(0, 2000000000) for _ in range(3)]


GENERATORS = {
    'null': lambda c: None,
    'rec': rec,
    'recs': recs,
    'obj': obj,
    'ints': ints,
    'small': small,
    'mixed': mixed,
    'matrix': matrix,
    'nested': nested,
    'stamps': stamps,
    'int': lambda c: c.rng.randint(2, 40),
    'nums': lambda c: [c.number() for _ in range(c.rng.randint(4, 7))],
    'decimals': lambda c: [c.rng.randint(-300, 3000) / c.rng.choice([4, 8, 10, 100]) for _ in range(4)],
    'word': lambda c: c.word() + c.word(),
    'text': lambda c: c.any_word() + ' ' + c.any_word(),
    'words': lambda c: [c.any_word() for _ in range(c.rng.randint(3, 6))],
    'plain': lambda c: [c.word() for _ in range(c.rng.randint(4, 7))],
    'row': lambda c: [c.scalar() for _ in range(c.rng.randint(3, 6))],
    'tree': lambda c: {c.word(): c.tree(2), c.word(): c.tree(2)},
    'list': lambda c: [c.tree(2) for _ in range(3)],
    'objs': lambda c: [obj(c) for _ in range(3)],
    'manyints': lambda c: Many(c.rng.randint(0, 40) for _ in range(c.rng.randint(3, 6))),
    'manyrecs': lambda c: Many(rec(c) for _ in range(2)),
    'manymixed': lambda c: Many(mixed(c)),
    'manywords': lambda c: Many(c.any_word() for _ in range(c.rng.randint(2, 4))),
}


def dump(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(',', ':'))


def make_input(name, context):
    """The text of the input that a template names."""
    value = GENERATORS[name](context)
    values = value if isinstance(value, Many) else [value]
    return ''.join(dump(v) + '\n' for v in values)
