"""What was counted, held to what was promised."""

import re

PHASES = ("before", "after", "run")
ROW = re.compile(r"^\| `(\w+)` \| *(\d*) *\| *(\d*) *\| *(\d*) *\| (.+) \|$")


def promised_calls(document):
    """The table of system calls in docs/performance.md: for each phase how often which call at most."""
    promised = {phase: {} for phase in PHASES}
    for line in document.splitlines():
        if match := ROW.match(line):
            name, *numbers, _ = match.groups()
            for phase, number in zip(PHASES, numbers):
                if number:
                    promised[phase][name] = int(number)
    return promised


def problems(counted, thresholds, document):
    """A sentence for everything that is more than was promised, or that nothing was promised of."""
    found = []
    words = {"before": "by the daemon until the run", "after": "by the daemon after it", "run": "by the run's process"}
    promised = promised_calls(document)
    for phase in PHASES:
        if not promised[phase]:
            found.append(f"docs/performance.md has no system call {words[phase]}: the table is gone")
        for name, number in counted["system_calls"][phase].items():
            most = promised[phase].get(name)
            if most is None:
                found.append(f"{name}(2) {words[phase]}: {number} for a touch, and docs/performance.md does not say "
                             "why it must be")
            elif number > most:
                found.append(f"{name}(2) {words[phase]}: {number} for a touch, at most {most}")
    for kind, limits in thresholds.items():
        for name, most in limits.items():
            number = counted[kind][name]
            if number > most:
                found.append(f"{kind.replace('_', '-')}, {name.replace('_', ' ')}: {number} for a touch, at most {most}")
    return found
