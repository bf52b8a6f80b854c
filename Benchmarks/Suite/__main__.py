"""bench [--quick] [--output DIRECTORY] [SCENARIO...]: measures touchmon beside the floor and its peers.

Writes what it finds into Benchmarks/results, or, where it is quick, into .build/bench-quick. Exit status: 0
where no goal is missed, 1 where one is, 75 where nothing is missed and something could not be claimed.
"""

import argparse
import dataclasses
import importlib
import os
import signal
import sys
import time

import figures
import machine
import results
from place import ROOT, Place

# In the order in which they are run and told of.
SCENARIOS = ["latency", "tree", "big", "crowd", "storm", "traffic", "idle", "start", "reload", "follow"]


@dataclasses.dataclass
class Bench:
    """What every scenario gets."""
    place: Place
    quick: bool

    def pick(self, full, quick):
        return quick if self.quick else full

    def say(self, what):
        print(f"   {what}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds, in three minutes")
    parser.add_argument("--output", help="the directory for the results")
    parser.add_argument("scenario", nargs="*", choices=[[], *SCENARIOS], help=", ".join(SCENARIOS))
    options = parser.parse_args()
    chosen = options.scenario or SCENARIOS
    output = options.output or (f"{ROOT}/.build/bench-quick" if options.quick else f"{ROOT}/Benchmarks/results")

    # What was begun has to be ended: also when somebody has enough of it.
    def end(number, _):
        raise SystemExit(128 + number)
    for number in signal.SIGTERM, signal.SIGHUP, signal.SIGINT:
        signal.signal(number, end)

    place = Place()
    claims = []
    try:
        bench = Bench(place, options.quick)
        described = machine.describe(place)
        print(f"On {described}.", results.LEGEND.replace("*", ""), sep="\n", flush=True)
        for name in (name for name in SCENARIOS if name in chosen):
            scenario = importlib.import_module(f"scenarios.{name}")
            if scenario.NEEDS_ROOT and not place.is_root:
                print(f"== {scenario.TITLE}\n  not measured: needs root\n", flush=True)
                continue
            result = results.Result(name, scenario.TITLE, " ".join(scenario.__doc__.split()))
            result.load = machine.load()
            began = time.monotonic()
            scenario.run(bench, result)
            result.seconds = time.monotonic() - began
            result.plots = {plot: svg for plot, svg in result.plots.items() if svg}
            print(results.as_text(result), flush=True)
            results.write(output, result, described, options.quick)
            claims += result.claims
        results.write_page(output, SCENARIOS)
    finally:
        place.close()

    verdicts = [claim.verdict for claim in claims]
    missed, doubtful = verdicts.count(figures.MISSED), verdicts.count(figures.NO_CLAIM)
    print(f"Of {len(verdicts)} goals: {verdicts.count(figures.MET)} met, {missed} missed, {doubtful} too noisy to "
          f"say, {verdicts.count(figures.NOT_MEASURED)} not measured. Written to {os.path.relpath(output)}.")
    return 1 if missed else 75 if doubtful else 0


sys.exit(main())
