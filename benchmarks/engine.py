"""How much the engine adds to bare HTTP calls: CPU and wall time as ratios against a floor in the same run.

    python benchmarks/engine.py [--calls 2000] [--latency 0.05] [--in-flight 50]

The floor is a bare aiohttp loop in a process of its own. Both ask the stand-in server of the tests, which has a process
of its own. Start-up, plan, judging, storage and reports are included. CPU times are of the child processes, user and
system.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

FLOOR = """
import asyncio, json, sys
import aiohttp
url, calls, in_flight = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
async def main():
    gate = asyncio.Semaphore(in_flight)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session:
        async def call(number):
            body = {"model": "m", "messages": [{"role": "user", "content": f"question {number}"}]}
            async with gate, session.post(url + "/v1/chat/completions", json=body) as response:
                json.loads(await response.read())
        await asyncio.gather(*(call(number) for number in range(calls)))
asyncio.run(main())
"""


def spent(command: list[str], folder: Path) -> tuple[float, float]:
    """Return CPU and wall seconds of a child process."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=False, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, time.monotonic() - began


def write_corpus(folder: Path, calls: int) -> None:
    """Write as many English cases as calls, with the project's facts of English."""
    families = folder / "cases" / "load"
    families.mkdir(parents=True)
    for number in range(calls // 3 + 1):
        cases = "".join(
            f"  {label}:\n    prompt: Question {number}, kind {label}?\n    mechanism: direct\n    why: x\n"
            for label in ("benign", "dual_use", "harmful")
        )
        head = f"family: load/f{number}\ntitle: x\nkind: request\naxis: intent\nseverity: 1\nauthor: x\ncases:\n"
        (families / f"f{number}.yaml").write_text(head + cases)
    (folder / "translations").mkdir()


def main() -> None:
    """Print a table."""
    from tests.stand_in import Behaviour, running

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--in-flight", type=int, default=50)
    asked = parser.parse_args()
    ideal = asked.calls * asked.latency / asked.in_flight
    print(f"{asked.calls} calls, {asked.latency * 1000:g} ms, {asked.in_flight} in flight: at least {ideal:.1f} s\n")
    print("| client | CPU s | CPU over floor | wall over ideal |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name, running(Behaviour(latency=asked.latency)) as url:
        folder = Path(name)
        write_corpus(folder, asked.calls)
        floor = [sys.executable, "-c", FLOOR, url, str(asked.calls), str(asked.in_flight)]
        floor_cpu, floor_wall = spent(floor, folder)
        print(f"| bare aiohttp | {floor_cpu:.2f} | 1.0 | {floor_wall / ideal:.2f} |")
        os.environ["ANTHROPIC_API_KEY"] = "k"
        for spec in (f"openai_compatible:m@{url}/v1", f"anthropic:m@{url}"):
            kind = spec.partition(":")[0]
            command = [sys.executable, "-c", "from refusals.cli import main; main()", "run", "--system", spec]
            command += ["--corpus", ".", "--concurrency", str(asked.in_flight), "--max-calls", str(asked.calls)]
            cpu, wall = spent([*command, "--out", f"runs/{kind}"], folder)
            print(f"| {kind} | {cpu:.2f} | {cpu / floor_cpu:.1f} | {wall / ideal:.2f} |")
            cpu, wall = spent([*command, "--out", f"runs/{kind}-again"], folder)
            counted = json.loads((folder / f"runs/{kind}-again" / "report.json").read_text())["manifest"]["calls"]
            print(f"| {kind}, from cache ({counted} calls) | {cpu:.2f} | {cpu / floor_cpu:.1f} | |")


if __name__ == "__main__":
    main()
