"""Tests of what judges: figures, claims, counts, plots. Run by `make test`: python3 Benchmarks/tests.py"""

import copy
import json
import os
import re
import sys
import tempfile
import unittest
import xml.dom.minidom

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [f"{HERE}/Count", f"{HERE}/Suite"]

import calls  # noqa: E402
import check  # noqa: E402
import figures  # noqa: E402
import plot  # noqa: E402
import results  # noqa: E402
import steps  # noqa: E402
import touches  # noqa: E402


class Figures(unittest.TestCase):
    def test_quantiles_are_of_the_nearest_rank(self):
        values = list(range(1, 101))
        self.assertEqual([figures.quantile(values, share) for share in (0.5, 0.9, 0.99, 1)], [50, 90, 99, 100])
        self.assertEqual(figures.quantile([7], 0.01), 7)
        self.assertIsNone(figures.quantile([], 0.5))

    def test_noise_is_how_far_two_lie_apart(self):
        self.assertAlmostEqual(figures.noise([100], [97]), 0.03)
        self.assertAlmostEqual(figures.noise([100], [103]), 0.03)

    def test_exponents(self):
        sizes = [1000, 10_000, 100_000]
        for power in (0, 0.5, 1, 2):
            self.assertAlmostEqual(figures.exponent(sizes, [3 * size ** power for size in sizes]), power)
        self.assertIsNone(figures.exponent([10], [5]))

    def test_numbers_have_three_digits(self):
        found = [figures.number(value) for value in (0.01234, 1.234, 12.34, 1234.5, 0.0, 7, None)]
        self.assertEqual(found, ["0.0123", "1.23", "12.3", "1,234", "0", "7", "–"])


class Claims(unittest.TestCase):
    def verdict(self, value, limit=1.05, noise=0.0, at_least=False):
        return figures.Claim("", value, limit, noise=noise, at_least=at_least).verdict

    def test_within_the_noise_limit_a_value_counts_as_it_is(self):
        self.assertEqual(self.verdict(1.05, noise=0.03), figures.MET)
        self.assertEqual(self.verdict(1.06, noise=0.03), figures.MISSED)

    def test_above_it_only_what_the_noise_can_not_turn_is_claimed(self):
        self.assertEqual(self.verdict(1.04, noise=0.1), figures.NO_CLAIM)
        self.assertEqual(self.verdict(1.10, noise=0.1), figures.NO_CLAIM)
        self.assertEqual(self.verdict(0.9, noise=0.1), figures.MET)
        self.assertEqual(self.verdict(1.3, noise=0.1), figures.MISSED)

    def test_at_least(self):
        self.assertEqual(self.verdict(0.96, 0.95, at_least=True), figures.MET)
        self.assertEqual(self.verdict(0.94, 0.95, at_least=True), figures.MISSED)
        self.assertEqual(self.verdict(0.96, 0.95, 0.1, at_least=True), figures.NO_CLAIM)
        self.assertEqual(self.verdict(0.5, 0.95, 0.1, at_least=True), figures.MISSED)
        self.assertEqual(self.verdict(1.5, 0.95, 0.1, at_least=True), figures.MET)

    def test_none_lost_is_none(self):
        self.assertEqual(figures.Claim("", 0, 0).verdict, figures.MET)
        self.assertEqual(figures.Claim("", 1, 0).verdict, figures.MISSED)
        self.assertEqual(figures.Claim("", None, 0).verdict, figures.NOT_MEASURED)


class Latency(unittest.TestCase):
    def test_samples_of_several_batches_add_up(self):
        samples = touches.Samples(["a", "b", "c"])
        samples.take(["a 100", "b 101", "c 150", "= a 0 2 0", "= b 0 0 0", "= c 1 0 0"])
        samples.take(["a 100", "b 101", "c 150", "= a 0 1 0", "= b 0 0 0", "= c 0 0 1"])
        self.assertEqual((samples.doubled["a"], samples.lost["c"], samples.strangers["c"]), (3, 1, 1))
        self.assertTrue(samples.is_quiet)
        self.assertAlmostEqual(samples.ratio("c", 0.5), 1.5)


class Counts(unittest.TestCase):
    def setUp(self):
        with open(f"{HERE}/../docs/performance.md") as file:
            self.document = file.read()
        with open(f"{HERE}/thresholds.json") as file:
            self.thresholds = json.load(file)
        # As much as is allowed, and not more.
        self.counted = {"system_calls": check.promised_calls(self.document), **copy.deepcopy(self.thresholds)}

    def problems(self):
        return check.problems(self.counted, self.thresholds, self.document)

    def test_what_is_promised_is_accepted(self):
        self.assertTrue(all(self.counted["system_calls"].values()))
        self.assertEqual(self.problems(), [])

    def test_one_more_of_anything_is_not(self):
        for kind, phases in (("system_calls", self.counted["system_calls"]), *(
                (kind, {kind: limits}) for kind, limits in self.thresholds.items())):
            for phase, numbers in phases.items():
                for name in list(numbers):
                    place = self.counted[kind][phase] if kind == "system_calls" else self.counted[kind]
                    place[name] += 1
                    self.assertEqual(len(self.problems()), 1, (kind, phase, name))
                    place[name] -= 1

    def test_a_call_that_nobody_explained_is_not(self):
        self.counted["system_calls"]["before"]["openat"] = 1
        self.assertEqual(len(self.problems()), 1)
        self.assertIn("why it must be", self.problems()[0])

    def test_a_table_that_is_gone_is_not(self):
        self.document = self.document.replace("| `", "| ")
        self.assertTrue(self.problems())

    def test_the_document_says_the_thresholds(self):
        for limits in self.thresholds.values():
            for number in limits.values():
                self.assertRegex(self.document, rf"\| {number:,} \|", number)

    def test_calls_are_told_apart_by_who_makes_them_and_when(self):
        lines = [(1, 0.5, "epoll_pwait2(7,  <unfinished ...>"), (1, 1.1, "<... epoll_pwait2 resumed>) = 1"),
                 (1, 1.2, "read(9, \"\"..., 16384) = 104"), (1, 1.3, "futex(0x1, FUTEX_WAKE_PRIVATE, 1) = 1"),
                 (2, 1.4, "<... futex resumed>) = 0"), (2, 1.5, "setsid() = 2"), (2, 1.6, "execve(\"x\") = 0"),
                 (2, 1.7, "brk(NULL) = 0x1"), (1, 1.8, "write(2, \"\"..., 3) = 3")]
        self.assertEqual(calls.count(lines, [1.0, 2.0], 1), {
            "before": {"read": 1, "futex": 1}, "after": {"write": 1}, "run": {"setsid": 1, "execve": 1}})

    def test_steps_are_counted_from_the_wait_to_the_run(self):
        wait, futex = steps.SYSTEM_CALL | steps.WAIT, steps.SYSTEM_CALL | steps.FUTEX
        self.assertEqual(steps.until_run((1, wait, 2, 3, wait, 4, 5, 6, futex, 7)), [4, 5, 6])


class Plots(unittest.TestCase):
    def test_they_are_documents_without_a_script(self):
        drawn = [plot.ranges("a < b", "µs", [("floor a", 400, 500, 900), ("touchmon & co", 420, 5e5, 1e6)]),
                 plot.growth("x", "actions", "ms", [("one", [1, 10, 100], [0.5, 5, 50]), ("two", [1], [0])])]
        for svg in drawn:
            document = xml.dom.minidom.parseString(svg)
            self.assertFalse(document.getElementsByTagName("script"))
            self.assertIn("prefers-color-scheme: dark", svg)
            self.assertNotRegex(svg, r"nan|inf\b")

    def test_of_nothing_there_is_none(self):
        self.assertIsNone(plot.ranges("x", "y", []))
        self.assertIsNone(plot.growth("x", "y", "z", [("one", [1], [0])]))


class Pages(unittest.TestCase):
    def test_a_page_is_of_all_scenarios_that_are_there(self):
        with tempfile.TemporaryDirectory() as directory:
            for name in "one", "two":
                result = results.Result(name, f"Scenario {name}", "What it is.", plots={f"{name}-plot": "<svg/>"})
                result.table("t", ["", "µs"], [["touchmon", 1.5]])
                result.claim(f"goal {name}", 1.2, 1.05, noise=0.01)
                result.growth("it", [1, 10, 100], [1, 10, 100])
                results.write(directory, result, "a machine", False)
            results.write_page(directory, ["one", "missing", "two"])
            with open(f"{directory}/README.md") as file:
                page = file.read()
        for words in ("## Scenario one", "## Scenario two", "goal two", "MISSED", "1.0 %", "exponent 1.00",
                      "(two-plot.svg)", "Measured on a machine."):
            self.assertIn(words, page)

    def test_nothing_names_the_machine(self):
        directory = f"{HERE}/results"
        for name in os.listdir(directory) if os.path.isdir(directory) else []:
            with open(f"{directory}/{name}") as file:
                self.assertIsNone(re.search(r"/(tmp|home|root|work|var)/", file.read()), name)


unittest.main()
