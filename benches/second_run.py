#!/usr/bin/env python3
"""How long does a second `thoth advise` take, next to `uv pip compile` in the same state?

Both resolve the same project of about a hundred releases for the same interpreter with everything cached: (a) online, (b) online
with `--refresh`, where each asks the index again for every page, and (c) offline. In (a) an index that says how long its pages
are good for, as PyPI does (10 minutes), is asked by neither; where an index says nothing, uv asks again and Thoth trusts a page
for 10 minutes. Whole processes are timed, in turn, so that whatever else the machine does hits both. uv comes from the index
that pip is configured for, into a throw-away environment.

    cargo build --release
    benches/second_run.py [--runs 15] [--project scripts/projects/jupyter.in] [--thoth-option=--advisories=FOLDER]
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def timed(command: list[str], env: dict[str, str]) -> float:
    """Seconds of a run that has to succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return seconds


def summary(name: str, seconds: list[float]) -> str:
    """Median and spread."""
    ordered = sorted(seconds)
    return (
        f"  {name:<16} median {statistics.median(ordered) * 1000:8.1f} ms"
        f"   min {ordered[0] * 1000:8.1f}   max {ordered[-1] * 1000:8.1f}"
    )


def releases(lock: Path) -> int:
    return len(re.findall(r"^[A-Za-z0-9][^\s]*==", lock.read_text(), re.MULTILINE))


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="of each tool in each state [default: %(default)s]")
    parser.add_argument("--project", type=Path, default=ROOT / "scripts" / "projects" / "jupyter.in")
    parser.add_argument("--thoth", default=str(target / "release" / "thoth"))
    parser.add_argument("--uv", help="an uv that is there already [default: install one]")
    parser.add_argument("--thoth-option", action="append", default=[], metavar="=OPTION", help="passed on to `thoth advise`")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="thoth-bench-") as temporary:
        folder = Path(temporary)
        uv = options.uv
        if uv is None:
            subprocess.run([sys.executable, "-m", "venv", str(folder / "uv")], check=True)
            bin_folder = folder / "uv" / ("Scripts" if os.name == "nt" else "bin")
            pip = [str(bin_folder / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]
            subprocess.run(pip, check=True)
            uv = str(bin_folder / "uv")
        env = {**os.environ, "UV_CACHE_DIR": str(folder / "uv-cache"), "NO_COLOR": "1"}
        ours, theirs = folder / "thoth.txt", folder / "uv.txt"
        # Neither reads the other's lock or its own: each run resolves from its caches alone.
        thoth = [options.thoth, "advise", "-r", str(options.project), "-o", str(ours), "--python", sys.executable]
        thoth += ["--cache-dir", str(folder / "thoth"), "--no-progress", "--quiet", "--upgrade", *options.thoth_option]
        other = [uv, "pip", "compile", str(options.project), "-o", str(theirs), "--python", sys.executable]
        other += ["--generate-hashes", "--quiet", "--no-progress", "--upgrade"]

        print(subprocess.run([options.thoth, "--version"], capture_output=True, text=True, check=True).stdout.strip())
        print(subprocess.run([uv, "--version"], capture_output=True, text=True, check=True).stdout.strip())
        print(f"first run, empty cache:  thoth {timed(thoth, env):.2f} s   uv {timed(other, env):.2f} s")
        print(f"{options.project.name}: thoth locks {releases(ours)} releases, uv {releases(theirs)}")
        for state, flags in (("online", []), ("online, asking again", ["--refresh"]), ("offline", ["--offline"])):
            timed([*thoth, *flags], env), timed([*other, *flags], env)
            first, second = [], []
            for _ in range(options.runs):
                first.append(timed([*thoth, *flags], env))
                second.append(timed([*other, *flags], env))
            print(f"{state}, {options.runs} runs in turn:")
            print(summary("thoth advise", first))
            print(summary("uv pip compile", second))
            print(f"  ratio of medians {statistics.median(first) / statistics.median(second):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
