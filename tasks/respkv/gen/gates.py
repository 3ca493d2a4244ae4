# SPDX-License-Identifier: MIT
"""What a suite must satisfy before it is written."""
import os
import re
from collections import Counter

MIN_CASES_PER_STATEMENT = 2


def statements(folder):
    path = os.path.join(folder, "..", "contract.md")
    with open(path, encoding="utf-8") as f:
        return re.findall(r"^- \*\*(\d+\.\d+)\*\*", f.read(), re.M)


def check(folder, suite):
    """Errors of a hidden suite, as sentences."""
    known = statements(folder)
    used = Counter(s for cases in suite.values() for c in cases for s in c["spec"])
    errors = ["statement %s has %d cases" % (s, used[s])
              for s in known if used[s] < MIN_CASES_PER_STATEMENT]
    errors += ["statement %s does not exist" % s for s in sorted(used) if s not in known]
    levels = Counter(c["level"] for cases in suite.values() for c in cases)
    total = sum(levels.values())
    for level, low, high in ((1, .32, .45), (2, .30, .42), (3, .20, .33)):
        if not low <= levels[level] / total <= high:
            errors.append("level %d has %.1f %% of the cases" % (level, 100 * levels[level] / total))
    return errors
