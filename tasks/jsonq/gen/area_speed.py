# SPDX-License-Identifier: MIT
"""Large cases: parts are repeated by the harness, so the suite stays small."""
import random
import re

# (level, statements, parts, filter, argv).  Numbers in angle brackets are drawn.
SPEED = [
    (2, '15.3 10.1', [['[{"id":0,"v":[1,2],"w":"<w>"}', 1], [',{"id":{n},"v":[{n},<10-99>],"w":"<w>{n}"}', 40000], [']', 1]],
     r'length, (map(.v[1] | numbers) | add), (.[-1].w)', ['-c']),
    (2, '15.3 7.5', [['<100-900>', 1]],
     r'reduce range(<300000-400000>) as $i (.; . + $i % 7), "<w>"', ['-c']),
    (2, '15.3 10.4', [['[{"g":"a","v":1}', 1], [',{"g":"<w>","v":{n}},{"g":"<w2>","v":<1-9>}', 16000], [']', 1]],
     r'group_by(.g) | map({g: .[0].g, n: length, s: (map(.v) | add)})', ['-c']),
    (3, '15.3 10.3', [['[{"k":7,"n":"x"}', 1], [',{"k":{n},"n":"<w>{n}"}', 22000], [']', 1]],
     r'map(.k |= . * <1000-7000> % 7919) | sort_by(.k, .n) | .[0, 11500, -1].n', ['-c']),
    (3, '15.3 7.5 8.5', [['[1', 1], [',{n}', 9000], [']', 1]],
     r'reduce .[] as $x ({}; .["k\($x * <3-99> % 503)"] += 1) | length, .k<1-9>, (to_entries | max_by(.value) | .value)', ['-c']),
    (3, '15.3 12.5', [['["<w>"', 1], [',"<w2>-{n}-<w>"', 20000], [']', 1]],
     r'map(scan("[0-9]+") | tonumber) | add, length, (.[<10-900>])', ['-c']),
    (3, '15.3 8.10', [['[{"a":[1,{}]}', 1], [',{"a":[{n},{"b":"<w>","c":null}]}', 16000], [']', 1]],
     r'(map(.a[1].b?) | map(strings) | length), ([.. | numbers] | add), (.[1:] | map(.a[0] |= . + <1-99>) | map(.a[0]) | add)', ['-c']),
    (3, '15.3 7.7', [['<3-9>', 1]],
     r'def fib: if . < 2 then . else (. - 1 | fib) + (. - 2 | fib) end; [., (<23-24> | fib)], ([range(<60000-90000>) | select(. % 13 == 5) | tostring | length] | add)', ['-c']),
    (2, '15.3 1.7', [['{"i":{n},"t":"<w> \\"{n}\\"","e":[]}\n', 50000]],
     r'length, (map(.t | length) | add), (.[<100-8000>] | .t)', ['-c', '-s']),
]


DEEP = {'exit': 'any'}

# Hostile input for the area robust, in the same form, with the want.
HOSTILE = [
    (2, '1.21', [['[', 3000], [']', 3000]], r'., "<w>"', ['-c'], DEEP),
    (2, '1.21', [['{"<w>":', 1500], ['1', 1], ['}', 1500]], r'length', ['-c'], DEEP),
    (2, '1.21', [['[', 100000]], r'.<w>', ['-c'], {'exit': 'nonzero'}),
    (3, '1.21', [['[[{"<w>":', 20000], ['1', 1]], r'.', ['-c'], {'exit': 'nonzero'}),
    (3, '1.21', [['"', 1], ['<w>\\u00e9', 20000]], r'.', ['-c'], {'exit': 'nonzero'}),
    (3, '1.21', [['<1-9>', 300]], r'. > 1, (tostring | length > <3-9>)', ['-c'], {}),
    (2, '15.2', [['[', 200], ['"<w>"', 1], [']', 200]], r'[recurse(.[]?)] | length, (.[-1])', ['-c'], {}),
    (2, '15.2', [['{"<w>":[', 60], ['<10-99>', 1], [']}', 60]], r'([paths] | length), [.. | numbers], ([leaf_paths] | .[0] | length)', ['-c'], {}),
]

PLACEHOLDER = re.compile(r'<(w2?|\d+-\d+)>')


def draw(text, rng, words):
    """Fills <low-high> and <w>."""
    def one(match):
        name = match.group(1)
        if name in words:
            return words[name]
        low, high = name.split('-')
        return str(rng.randint(int(low), int(high)))
    return PLACEHOLDER.sub(one, text)


def expand(template, seed_text):
    level, spec, parts, program, argv = template[:5]
    want = dict(template[5]) if len(template) > 5 else {}
    rng = random.Random(seed_text)
    words = {'w': rng.choice(['kiro', 'mesa', 'tuba', 'loom']), 'w2': rng.choice(['vane', 'zinc', 'rope', 'hemp'])}
    program = draw(program, rng, words)
    filled = [[draw(text, rng, words), times] for text, times in parts]
    return {'level': level, 'spec': spec.split(), 'argv': argv + [program], 'stdin_parts': filled, 'want': want}


def expand_parts(parts):
    """What the harness feeds to the program."""
    return ''.join(''.join(text.replace('{n}', str(i)) for i in range(times)) for text, times in parts)
