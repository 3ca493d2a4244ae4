# SPDX-License-Identifier: MIT
"""Makes the cases of an area from its maker, and keeps their inputs unique."""
import random
import zlib

import area_blocking
import area_durability
import area_hashes
import area_keys
import area_lists
import area_protocol
import area_robust
import area_sessions
import area_sets
import area_speed
import area_strings
import area_zsets

AREAS = [
    # name, maker(server, rng, level, number), hidden cases
    ("strings", area_strings.make_strings, 60),
    ("bits", area_strings.make_bits, 28),
    ("lists", area_lists.make_lists, 60),
    ("hashes", area_hashes.make_hashes, 48),
    ("sets", area_sets.make_sets, 48),
    ("zsets", area_zsets.make_zsets, 80),
    ("keys", area_keys.make_keys, 52),
    ("expiry", area_keys.make_expiry, 48),
    ("scan", area_keys.make_scan, 28),
    ("transactions", area_sessions.make_transactions, 60),
    ("pubsub", area_sessions.make_pubsub, 42),
    ("blocking", area_blocking.make_blocking, 48),
    ("protocol", area_protocol.make_protocol, 44),
    ("concurrency", area_sessions.make_concurrency, 28),
    ("durability", area_durability.make_durability, 56),
    ("robust", area_robust.make_robust, 36),
    ("speed", area_speed.make_speed, 8),
]
LOGGED = {"durability"}         # each case of these needs a server of its own, with a log
SHARES = {1: .40, 2: .35, 3: .25}
VISIBLE_SHARE = .065
TRIES = 20


def quotas(area, count, visible):
    """Cases wanted for each level."""
    if visible:
        total = max(2, round(count * VISIBLE_SHARE))
        return {1: total - total // 2, 2: total // 2}
    if area == "speed":
        return {2: count // 2, 3: count - count // 2}
    result = {level: round(count * share) for level, share in SHARES.items()}
    result[1] += count - sum(result.values())
    return result


def input_of(case):
    return repr([(p["script"], p.get("end"), p.get("tear")) for p in case.phases])


class Suite:
    """One suite, hidden or visible."""

    def __init__(self, seed, servers, forbidden):
        self.seed = seed
        self.servers = servers
        self.inputs = set(forbidden)

    def one(self, area, maker, level, number):
        for turn in range(TRIES):
            text = "%s/%s/%d/%d/%d" % (self.seed, area, level, number, turn)
            rng = random.Random(zlib.crc32(text.encode()))
            with self.servers.use(area in LOGGED) as server:
                case = maker(server, rng, level, number)
            key = input_of(case)
            if key not in self.inputs:
                self.inputs.add(key)
                return case
        raise SystemExit("generate: area %s, level %d: no new case" % (area, level))

    def area_cases(self, area, maker, count, visible):
        prefix = area + ("-v" if visible else "-")
        cases = []
        offset = random.Random(self.seed + area).randrange(24) if visible else 0
        for level, wanted in sorted(quotas(area, count, visible).items()):
            for number in range(wanted):
                case = self.one(area, maker, level, number + offset)
                cases.append(case.record(prefix + "%03d" % (len(cases) + 1)))
        return cases
