"""Holds chance_below against scipy: 'chance.py --table' prints the rows of chance_test.c, 'chance.py PROGRAM'
compares with what the program says of other counts. Without scipy it is skipped (77)."""

import random
import subprocess
import sys

try:
    from scipy.stats import beta
except ImportError:
    print("SKIP: python3-scipy is not installed")
    sys.exit(77)

TABLE = [(0, 1), (0, 41200), (0, 10**9), (1, 2), (1, 100), (3, 10), (9, 10), (17, 41200), (500, 1000),
         (999, 10**6), (20000, 30000), (5, 10**12)]
CONFIDENCES = (0.95, 0.99)


def below(hits, trials, confidence):
    return float(beta.ppf(confidence, hits + 1, trials - hits))


def counts(number):
    """Trials of every size up to ten million (beyond, scipy 1.10 itself is less exact), as many hits as may be."""
    generator = random.Random(1)
    for _ in range(number):
        trials = int(10 ** generator.uniform(0, 7)) + 1
        yield min(int(10 ** generator.uniform(-1, 4)), trials - 1), trials, generator.choice(CONFIDENCES)


def table():
    for confidence in CONFIDENCES:
        for hits, trials in TABLE:
            print(f"{{{hits}, {trials}, {confidence}, {below(hits, trials, confidence)!r}}},")


def compare(program):
    cases = list(counts(2000))
    asked = "".join(f"{hits} {trials} {confidence}\n" for hits, trials, confidence in cases)
    said = subprocess.run([program], input=asked, text=True, capture_output=True, check=True).stdout.split()
    assert len(said) == len(cases), f"{len(said)} answers to {len(cases)} questions"
    worst = max((abs(float(ours) / below(*case) - 1), case) for ours, case in zip(said, cases))
    print(f"{len(cases)} bounds; the largest relative difference is {worst[0]:.1e}, of {worst[1]}")
    return 0 if worst[0] < 1e-9 else 1


if sys.argv[1] == "--table":
    table()
else:
    sys.exit(compare(sys.argv[1]))
