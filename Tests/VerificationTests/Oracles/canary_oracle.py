"""The evidence of paired counts, written a second time: plain Python with exact integers, no library.

    python canary_oracle.py SEED COUNT

prints COUNT lines `worse better ties difference lnWorse lnFine mcNemar`. The grid, the weights and the formulas are those
of a betting e-process with a mixture of fixed bets (Waudby-Smith and Ramdas), the test at the end is McNemar's.
"""

import math
import random
import sys

FRACTIONS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99]
WEIGHTS = [0.6 / 11] * 11 + [0.4]


def mixture(terms):
    largest = max(terms)
    return largest + math.log(math.fsum(math.exp(term - largest) for term in terms))


def ln_worse(worse, better):
    return mixture(
        [math.log(w) + worse * math.log1p(f) + better * math.log1p(-f) for f, w in zip(FRACTIONS, WEIGHTS)]
    )


def ln_fine(worse, better, ties, difference):
    terms = []
    for fraction, weight in zip(FRACTIONS, WEIGHTS):
        bet = fraction / (1 - difference)
        terms.append(
            math.fsum(
                [
                    math.log(weight),
                    worse * math.log1p(-bet * (1 - difference)),
                    better * math.log1p(bet * (1 + difference)),
                    ties * math.log1p(bet * difference),
                ]
            )
        )
    return mixture(terms)


def mcnemar(worse, better):
    total = worse + better
    return sum(math.comb(total, k) for k in range(worse, total + 1)) / 2**total


def main():
    generator = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        limit = generator.choice([3, 12, 60, 200])
        worse, better = generator.randrange(limit), generator.randrange(limit)
        ties = generator.randrange(601)
        difference = generator.choice([0.01, 0.02, 0.05, 0.1])
        values = (ln_worse(worse, better), ln_fine(worse, better, ties, difference), mcnemar(worse, better))
        print(worse, better, ties, difference, *(repr(value) for value in values))


main()
