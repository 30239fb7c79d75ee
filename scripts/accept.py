#!/usr/bin/env python3
"""Does pip accept what Thoth locks, for real projects and the live index?

For every `scripts/projects/*.in`: `thoth advise` writes a lock with hashes for a fresh virtual environment; pip then has to
accept it without resolving (`--dry-run --no-deps --require-hashes`), install it (`--require-hashes`), and find nothing
wrong with the result (`pip check`). Nothing is stubbed: this asks the index that pip is configured for and installs
packages, so it is no part of the tests. It needs Python 3.11 or newer, pip's configuration and some tens of gigabytes of disk.

    cargo build --release
    scripts/accept.py                      # all projects
    scripts/accept.py flask jupyter        # some
    scripts/accept.py --no-install         # only the dry run
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = ROOT / "scripts" / "projects"


@dataclass
class Row:
    """What became of one project."""

    name: str
    releases: int = 0
    seconds: float = 0.0
    steps: dict[str, str] = field(default_factory=dict)
    complaint: str = ""

    @property
    def passed(self) -> bool:
        return bool(self.steps) and all(verdict in ("ok", "-") for verdict in self.steps.values())


def run(command: list[str], timeout: int) -> subprocess.CompletedProcess[str]:
    """Runs a command; one that takes too long has failed."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as late:
        said = late.stderr or b""
        said = said.decode(errors="replace") if isinstance(said, bytes) else said
        return subprocess.CompletedProcess(command, 124, "", f"{said}\nno end after {timeout} s")


def tail(done: subprocess.CompletedProcess[str], lines: int = 12) -> str:
    """The last lines a command said."""
    said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    return "\n".join(said[-lines:])


def accept(name: str, options: argparse.Namespace, folder: Path) -> Row:
    """Locks one project and has pip judge the lock."""
    row = Row(name)
    home = folder / name
    lock = home / "requirements.txt"
    python = home / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    home.mkdir()

    def step(title: str, command: list[str], timeout: int) -> bool:
        started = time.monotonic()
        done = run(command, timeout)
        if title == "advise":
            row.seconds = time.monotonic() - started
        row.steps[title] = "ok" if done.returncode == 0 else f"exit {done.returncode}"
        if done.returncode != 0:
            row.complaint = f"$ {' '.join(command)}\n{tail(done)}"
        return done.returncode == 0

    if not step("venv", [options.python, "-m", "venv", str(home / "venv")], 300):
        return row
    advise = [options.thoth, "advise", "-r", str(PROJECTS / f"{name}.in"), "-o", str(lock), "--python", str(python)]
    advise += ["--no-progress", *options.thoth_option]
    if not step("advise", advise, options.timeout):
        return row
    row.releases = len(re.findall(r"^[A-Za-z0-9][^\s]*\s*(?:==|@ )", lock.read_text(), re.MULTILINE))
    dry = [*pip, "install", "--quiet", "--dry-run", "--no-deps", "--require-hashes", "-r", str(lock)]
    if not step("dry run", dry, options.timeout) or options.no_install:
        row.steps.setdefault("install", "-")
        row.steps.setdefault("check", "-")
        return row
    if step("install", [*pip, "install", "--quiet", "--require-hashes", "-r", str(lock)], options.timeout):
        step("check", [*pip, "check"], 300)
    return row


def table(rows: list[Row]) -> str:
    """What became of all projects."""
    titles = ["advise", "dry run", "install", "check"]
    lines = [f"{'project':<12}{'releases':>9}{'seconds':>9}  " + "".join(f"{title:<10}" for title in titles)]
    for row in rows:
        verdicts = "".join(f"{row.steps.get(title, ''):<10}" for title in titles)
        lines.append(f"{row.name:<12}{row.releases:>9}{row.seconds:>9.1f}  {verdicts}".rstrip())
    return "\n".join(lines)


def main() -> int:
    known = sorted(path.stem for path in PROJECTS.glob("*.in"))
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", nargs="*", help=f"which projects [default: all of {', '.join(known)}]")
    parser.add_argument("--thoth", default=str(target / "release" / "thoth"), help="the binary [default: %(default)s]")
    parser.add_argument("--python", default=sys.executable, help="the interpreter to lock for [default: this one]")
    parser.add_argument("--thoth-option", action="append", default=[], metavar="=OPTION", help="passed on to `thoth advise`")
    parser.add_argument("--no-install", action="store_true", help="stop after the dry run")
    parser.add_argument("--timeout", type=int, default=600, help="seconds for each step [default: %(default)s]")
    parser.add_argument("--keep", type=Path, help="leave locks and environments in this new folder")
    options = parser.parse_args()
    unknown = set(options.project) - set(known)
    if unknown:
        parser.error(f"no such project: {', '.join(sorted(unknown))}")
    if not Path(options.thoth).exists():
        parser.error(f"{options.thoth} is not there: `cargo build --release` first, or say --thoth")

    rows = []
    with tempfile.TemporaryDirectory(prefix="thoth-accept-") as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in options.project or known:
            row = accept(name, options, folder)
            rows.append(row)
            print(f"{'ok    ' if row.passed else 'FAILED'} {name}", flush=True)
            if row.complaint:
                print("\n".join(f"    {line}" for line in row.complaint.splitlines()), flush=True)
            if not options.keep:
                shutil.rmtree(folder / name, ignore_errors=True)
    passed = sum(row.passed for row in rows)
    print(f"\n{table(rows)}\n\n{passed} passed, {len(rows) - passed} failed")
    return 0 if passed == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
