"""How long a run takes, whole process from outside, as a ratio to `python -c pass` measured in turn with it.

python benchmarks/run.py            prints a table, as docs/performance.md has it
python benchmarks/run.py --quick    fewer runs
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
BARE = [sys.executable, "-c", "pass"]
SKIP = """
import sys, time, msgspec
data = open(sys.argv[1], "rb").read()
class Nothing(msgspec.Struct): pass
start = time.perf_counter()
msgspec.json.decode(data, type=Nothing)
print(time.perf_counter() - start)
"""


MADE = {
    "a.json": "modules(400, 9)",
    "b.json": "modules(4000, 9)",
    "c.json": "modules(2000, 10)",
    "d.json": "unrelated(20_000)",
}


def timed(command: Sequence[str]) -> tuple[float, float]:
    """(seconds of wall time, peak memory in MB) of one run."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measured(command: Sequence[str], runs: int) -> tuple[float, float, float]:
    """(median seconds, median ratio to a bare interpreter run just before, peak memory)."""
    pairs = [(timed(BARE)[0], *timed(command)) for _ in range(runs)]
    return (
        statistics.median(seconds for _, seconds, _ in pairs),
        statistics.median(seconds / bare for bare, seconds, _ in pairs),
        max(memory for _, _, memory in pairs),
    )


def policies(folder: Path) -> None:
    """Writes 1,000 policies, plain and with expressions, that look at every event."""
    folder.mkdir()
    breaches = ("forbid: {status: covered}", "when: 'location.startsWith(\"ca-\")'", "require: {verb: [create, read]}")
    for number in range(1000):
        select = f'select: {{address: "*x{number}*"}}' if number % 2 else "select: {location: us-south}"
        text = f"title: t\nseverity: note\nover: event\n{select}\n{breaches[number % 3]}\nmessage: m\nhelp: h\n"
        (folder / f"ACME{number:03}.yaml").write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    runs = 3 if parser.parse_args().quick else 15
    recording = ROOT / "fixtures" / "matrix-plain-secrets" / "destroy" / "plan.json"
    tracked = ROOT / "fixtures" / "routing-covered" / "create" / "plan.json"
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "a recorded plan": recording,
            "a recorded plan that makes trackers": tracked,
            "400 × 9 secrets in modules": Path(folder, "a.json"),
            "4,000 × 9 secrets in modules": Path(folder, "b.json"),
            "2,000 × 10 secrets in modules": Path(folder, "c.json"),
            "20,000 unrelated resources": Path(folder, "d.json"),
        }
        for file, source in MADE.items():
            # In a process of its own: a child's peak memory begins with that of its parent.
            write = f"import sys, plans; open(sys.argv[1], 'wb').write(plans.{source})"
            path = str(Path(folder, file))
            subprocess.run([sys.executable, "-c", write, path], cwd=Path(__file__).parent, check=True)
        print("| plan | size | seconds | × `python -c pass` | peak MB |")
        print("| --- | ---: | ---: | ---: | ---: |")
        for name, file in files.items():
            seconds, ratio, memory = measured([sys.executable, "-m", "iaccheck", str(file)], runs)
            print(f"| {name} | {file.stat().st_size / 1e6:.1f} MB | {seconds:.3f} | {ratio:.1f} | {memory:.0f} |")
        print("\n| 2,000 × 10 secrets in modules, as | seconds | × `python -c pass` | size |")
        print("| --- | ---: | ---: | ---: |")
        written = Path(folder, "report")
        for name in sorted(file.stem for file in (ROOT / "iaccheck" / "render").glob("[!_]*.py")):
            command = [sys.executable, "-m", "iaccheck", str(Path(folder, "c.json")), "-f", name, "-o", str(written)]
            seconds, ratio, _ = measured(command, max(runs // 5, 1))
            print(f"| {name} | {seconds:.2f} | {ratio:.0f} | {written.stat().st_size / 1e6:.2f} MB |")
        policies(Path(folder, "policies"))
        command = [sys.executable, "-m", "iaccheck", str(Path(folder, "c.json")), "--policies", f"{folder}/policies"]
        seconds, ratio, _ = measured(command, max(runs // 5, 1))
        print(f"| terminal, with 1,000 policies | {seconds:.2f} | {ratio:.0f} | |\n")
        command = [sys.executable, "-c", SKIP, str(files["20,000 unrelated resources"])]
        skip = min(float(subprocess.run(command, capture_output=True, check=True, text=True).stdout) for _ in range(5))
        print(f"Skipping through the last one with msgspec alone: {skip:.3f} s.")


if __name__ == "__main__":
    main()
