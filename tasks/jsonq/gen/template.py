# SPDX-License-Identifier: MIT
"""Templates of cases.

A template is (level, statements, input, filter[, options]).  `input` names a generator of values.py or, after "=", is
the text itself.  In every text `~kind:arg:arg#tag~` is a placeholder; the same placeholder stands for the same value
everywhere in a case, and a tag makes it another one.  Options: opt (arguments before the filter, default -c), post
(arguments after it), files, env, exit (what the manifest shall say instead of the number), raw (no newline is added
to a literal input), bare (no filter among the arguments).
"""
import random
import re

from values import Context, FIELDS, dump, make_input

PLACEHOLDER = re.compile(r'~([a-z]+)((?::[^~#]*)?)(?:#\w+)?~')


def draw(kind, arg, context):
    """One value for a placeholder, as text."""
    rng = context.rng
    if kind in FIELDS:
        return context.names[kind]
    if kind == 'i':
        low, high = arg.split(':')
        return str(rng.randint(int(low), int(high)))
    if kind == 'pick':
        return rng.choice(arg.split('%%'))
    simple = {
        'f': lambda: str(rng.randint(1, 40) + rng.choice([.5, .25, .75])),
        'w': context.word,
        'u': context.any_word,
        'q': lambda: dump(context.any_word()),
        'c': lambda: rng.choice('aeiourstn'),
        'v': lambda: dump(context.scalar()),
        'n': lambda: dump(context.number()),
    }
    return simple[kind]()


class Expander:
    """Fills the placeholders of one case."""

    def __init__(self, seed_text):
        self.context = Context(random.Random(seed_text))
        self.known = {}

    def fill(self, text):
        def one(match):
            whole = match.group(0)
            if whole not in self.known:
                self.known[whole] = draw(match.group(1), match.group(2)[1:], self.context)
            return self.known[whole]
        return PLACEHOLDER.sub(one, text)

    def fill_input(self, spec, raw):
        if spec == '':
            return ''
        if not spec.startswith('='):
            return make_input(spec, self.context)
        text = self.fill(spec[1:])
        return text if raw or not text else text + '\n'


def expand(template, seed_text):
    """A case without id and answer."""
    level, spec, source, program = template[:4]
    options = template[4] if len(template) > 4 else {}
    e = Expander(seed_text)
    argv = [e.fill(a) for a in options.get('opt', ['-c'])]
    if not options.get('bare'):
        argv.append(e.fill(program))
    argv += [e.fill(a) for a in options.get('post', [])]
    case = {'level': level, 'spec': spec.split(), 'argv': argv}
    case['stdin'] = e.fill_input(source, options.get('raw', False))
    if 'files' in options:
        case['files'] = {e.fill(k): e.fill(v) for k, v in options['files'].items()}
    if 'env' in options:
        case['env'] = {k: e.fill(v) for k, v in options['env'].items()}
    if '~' in ''.join(argv):
        raise SystemExit('template: a placeholder is left in %r' % (argv,))
    case['want'] = {'exit': options['exit']} if 'exit' in options else {}
    return case
