# SPDX-License-Identifier: MIT
"""Makes the cases of an area: expands templates, lets the voters answer, keeps what they agree on."""
import base64
from concurrent.futures import ThreadPoolExecutor

import area_collect
import area_core
import area_flow
import area_options
import area_speed
import area_text
import area_update
import template

AREAS = [
    # name, templates, hidden cases
    ('paths', area_core.PATHS, 84),
    ('constructors', area_core.CONSTRUCTORS, 84),
    ('arithmetic', area_core.ARITHMETIC, 90),
    ('strings', area_text.STRINGS, 84),
    ('collections', area_collect.COLLECTIONS, 100),
    ('numbers', area_collect.NUMBERS, 60),
    ('dates', area_collect.DATES, 40),
    ('control', area_flow.CONTROL, 84),
    ('functions', area_flow.FUNCTIONS, 84),
    ('updates', area_update.UPDATES, 96),
    ('pathfuns', area_update.PATHFUNS, 80),
    ('regex', area_text.REGEX, 84),
    ('formats', area_text.FORMATS, 70),
    ('errors', area_flow.ERRORS, 70),
    ('options', area_options.OPTIONS, 100),
    ('programs', area_flow.PROGRAMS, 50),
    ('robust', area_options.ROBUST + area_speed.HOSTILE, 56),
    ('speed', area_speed.SPEED, 9),
]
SHARES = {1: .40, 2: .35, 3: .25}
MAY_FAIL = {'1.18', '1.19', '1.20', '1.21'}
VISIBLE_SHARE = .065
ROUNDS = 30
SAME_ANSWER = 3         # how many cases of the suite may have the same answer
SAME_FAILURE = 8        # the same, without output


def quotas(area, templates, count, visible):
    """Cases wanted for each level."""
    have = [lvl for lvl in (1, 2, 3) if any(t[0] == lvl for t in templates)]
    if visible:
        have = [lvl for lvl in have if lvl < 3]
        total = max(2, round(count * VISIBLE_SHARE))
        first = total // 2 + total % 2 if len(have) == 2 else total
        return {have[0]: first, **({have[1]: total - first} if len(have) == 2 else {})}
    if area == 'speed':
        return {lvl: sum(t[0] == lvl for t in templates) for lvl in have}
    shares = {lvl: SHARES[lvl] for lvl in have}
    if 1 not in shares:
        shares = {2: .5, 3: .5}
    result = {lvl: round(count * s) for lvl, s in shares.items()}
    result[have[0]] += count - sum(result.values())
    return result


def expand(one, seed_text):
    if isinstance(one[2], list):
        return area_speed.expand(one, seed_text)
    return template.expand(one, seed_text)


def stdin_of(case):
    if 'stdin_parts' in case:
        return area_speed.expand_parts(case['stdin_parts']).encode()
    return case['stdin'].encode()


def answer(want, status, output):
    """Fills `want` with what the oracle said."""
    if want.get('exit') == 'any':
        return
    want.setdefault('exit', status)
    if want['exit'] == 'nonzero' and not output:
        return
    try:
        want['stdout'] = output.decode()
    except UnicodeDecodeError:
        want['stdout_base64'] = base64.b64encode(output).decode()


def agree(want, votes):
    """Whether the voters settle this case."""
    (status, output), (status2, output2) = votes
    if status < 0 or status2 < 0 or status >= 126 or status2 >= 126:
        return False
    if want.get('exit') == 'any':
        return True
    if want.get('exit') == 'nonzero':
        return status != 0 and status2 != 0 and output == output2
    if want.get('exit', status) != status:
        return False
    return status == status2 and output == output2


def unwanted_failure(case, status):
    """Whether a case fails that is not about failures: then its template is at fault."""
    return status not in (0, 1, 4) and not MAY_FAIL & set(case['spec'])


class Suite:
    """One suite (hidden or visible): keeps inputs unique and answers varied."""

    def __init__(self, seed, voters, forbidden):
        self.seed = seed
        self.voters = voters
        self.inputs = set(forbidden)
        self.own = set()
        self.answers = {}
        self.dropped = []

    def try_one(self, area, number, one, turn):
        case = expand(one, '%s/%s/%d/%d' % (self.seed, area, number, turn))
        key = repr((case['argv'], case.get('stdin'), case.get('stdin_parts'), sorted(case.get('files', {}).items()),
                    sorted(case.get('env', {}).items())))
        if key in self.inputs:
            return None
        stdin = stdin_of(case)
        return case, key, stdin, self.voters.vote(case, stdin)

    def accept(self, area, result):
        """Whether a voted case enters the suite."""
        if result is None:
            return False
        case, key, stdin, votes = result
        if key in self.inputs:
            return False
        if not agree(case['want'], votes):
            self.dropped.append((area, case, votes))
            return False
        status, output = votes[0]
        if unwanted_failure(case, status):
            return False
        void = not output and status == 0 and case['want'].get('exit') != 'any'
        if void or (area != 'robust' and output.split() == stdin.split()):
            return False
        what = (status, output)
        if area != 'robust' and self.answers.get(what, 0) >= (SAME_ANSWER if output else SAME_FAILURE):
            return False
        self.answers[what] = self.answers.get(what, 0) + 1
        self.inputs.add(key)
        self.own.add(key)
        answer(case['want'], status, output)
        return True

    def level_cases(self, area, templates, level, count, pool):
        mine = [(i, t) for i, t in enumerate(templates) if t[0] == level]
        cases = []
        for turn in range(ROUNDS):
            jobs = mine[:] if turn else sorted(mine)
            if count < len(mine):       # a small share: spread it over the templates
                step = len(mine) / count
                jobs = [mine[int((k + turn / 3) * step) % len(mine)] for k in range(count)]
            results = list(pool.map(lambda j, turn=turn: self.try_one(area, j[0], j[1], turn), jobs))
            for result in results:
                if len(cases) < count and self.accept(area, result):
                    cases.append(result[0])
            if len(cases) == count:
                return cases
        raise SystemExit('generate: area %s, level %d: only %d of %d cases' % (area, level, len(cases), count))

    def area_cases(self, area, templates, count, visible):
        cases = []
        with ThreadPoolExecutor(2) as pool:
            for level, wanted in sorted(quotas(area, templates, count, visible).items()):
                cases += self.level_cases(area, templates, level, wanted, pool)
        prefix = area + ('-v' if visible else '-')
        return [finish(prefix + '%03d' % (n + 1), case) for n, case in enumerate(cases)]


def finish(name, case):
    """The case in the order in which it is read."""
    order = ['level', 'spec', 'argv', 'stdin', 'stdin_parts', 'files', 'env', 'want']
    out = {'id': name}
    for key in order:
        if key in case and case[key] not in ('', {}):
            out[key] = case[key]
    want = out['want']
    out['want'] = {k: want[k] for k in ('stdout', 'stdout_base64', 'exit') if k in want and (k, want[k]) != ('exit', 0)}
    return out
