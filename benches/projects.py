#!/usr/bin/env python3
"""Thoth beside uv on real projects: how long each takes, what each asks for, and whose lock is fresher.

Every `scripts/projects/*.in` is resolved by `thoth advise` and by `uv pip compile --generate-hashes`: the same interpreter, the same
date (`--exclude-newer`), wheels only (else uv would build what Thoth never does; `NAME.override` drops what has none), a requirements.txt with hashes and extras out
of both. Whole processes are timed, in turn and in changing order, so that whatever else the machine does hits all; the figure of a
state is the median of its runs. uv knows no advisories, so its run is the peer of each recommendation type. The states:

    offline      everything stored, no network (`--offline`)
    revalidated  everything stored, every index page asked for again (`--refresh`)
    cold         nothing stored: empty caches, no description of the interpreter, no advisories loaded

Ratios are Thoth's time by uv's. Requests are those of a cold run: what the replayed index counts; without it, what Thoth reports
and the requests that uv traces (`RUST_LOG=uv_client=trace,uv_auth=trace`: a line for each that is sent).

Freshness is judged by Thoth's own measure, which `thoth advise` states in its certificate: uv's lock is given to Thoth as the existing lock; if Thoth
can keep it whole, the certificate tells how far it is behind, direct dependencies first, and that is compared with Thoth's own.

    cargo build --release
    benches/projects.py --replay FOLDER          # an index on loopback that fetches once and answers as PyPI does
    benches/projects.py                          # the live index
    benches/projects.py --states= --replay FOLDER jupyter aws     # freshness only, of some
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from replay import Replay  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = ROOT / "scripts" / "projects"
STATES = {"offline": ["--offline"], "revalidated": ["--refresh"], "cold": []}
PEER = "uv"


class Failed(Exception):
    """A run that should have succeeded."""


@dataclass
class Row:
    """What was measured of one project; times are seconds, by state and tool."""

    name: str
    releases: int = 0
    seconds: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    cpu: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    proved: dict[str, bool] = field(default_factory=dict)
    fresher: str = ""
    differences: list[str] = field(default_factory=list)

    def ratio(self, state: str, kind: str) -> float | None:
        times = self.seconds.get(state, {})
        if not times.get(kind) or not times.get(PEER):
            return None
        return statistics.median(times[kind]) / statistics.median(times[PEER])


@dataclass
class Done:
    """A process that ended well."""

    seconds: float
    cpu: float
    out: str
    err: str


def run(command: list[str], env: dict[str, str]) -> Done:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
    if process.returncode != 0:
        raise Failed(f"$ {' '.join(command)}\nexit {process.returncode}\n" + "\n".join(texts[1].splitlines()[-25:]))
    return Done(seconds, usage.ru_utime + usage.ru_stime, *texts)


class Bench:
    """The two tools with their caches, for one project."""

    def __init__(self, options: argparse.Namespace, folder: Path, uv: str, index: str | None, replay: Replay | None) -> None:
        self.options, self.folder, self.uv, self.index, self.replay = options, folder, uv, index, replay
        self.tools = [PEER, *options.type]
        # What configures one tool and not the other has no place here.
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_", "THOTH_"))}
        self.env["NO_COLOR"] = "1"

    def cache(self, tool: str) -> Path:
        return self.folder / f"cache-{tool}"

    def lock(self, tool: str) -> Path:
        return self.folder / f"{tool}.txt"

    def command(self, tool: str, project: Path) -> list[str]:
        shared = ["-o", str(self.lock(tool)), "--python", self.options.python, "--exclude-newer", self.options.exclude_newer]
        shared += ["--only-binary", ":all:", "--no-config", "--no-progress", "--upgrade", "--cache-dir", str(self.cache(tool))]
        shared += ["--index-url", self.index] if self.index else []
        override = project.with_suffix(".override")
        if override.exists():
            shared += ["--overrides" if tool == PEER else "--override", str(override)]
        if tool == PEER:
            return [self.uv, "pip", "compile", str(project), "--generate-hashes", "--no-strip-extras", "--quiet", *shared]
        advise = [self.options.thoth, "advise", "-r", str(project), "-t", tool, "--exit-zero", "--format", "json", "--quiet", *shared]
        return advise + (["--advisories", self.options.advisories] if self.options.advisories else [])

    def measure(self, name: str) -> Row:
        row = Row(name)
        project = PROJECTS / f"{name}.in"
        for tool in self.tools:
            shutil.rmtree(self.cache(tool), ignore_errors=True)
            done = run(self.command(tool, project), self.env)  # Also records what a replayed index does not have yet.
            if tool != PEER:
                said = json.loads(done.out)
                row.releases = row.releases or len(said["releases"])
                row.proved[tool] = said["certificate"]["optimal"]
        self.compare(row, project)
        for state in self.options.states:
            runs = self.options.cold_runs if state == "cold" else self.options.runs
            seconds = row.seconds.setdefault(state, {tool: [] for tool in self.tools})
            cpu = row.cpu.setdefault(state, {tool: [] for tool in self.tools})
            for turn in range(runs):
                for tool in self.tools[turn % len(self.tools) :] + self.tools[: turn % len(self.tools)]:
                    if state == "cold":
                        shutil.rmtree(self.cache(tool), ignore_errors=True)
                    before = self.replay.requests if self.replay else 0
                    done = run([*self.command(tool, project), *STATES[state]], self.env)
                    seconds[tool].append(done.seconds)
                    cpu[tool].append(done.cpu)
                    if state != "cold":
                        continue
                    if self.replay:
                        row.requests[tool] = self.replay.requests - before
                    elif tool != PEER:
                        row.requests[tool] = json.loads(done.out)["effort"]["requests"]
        if "cold" in self.options.states and not self.replay:
            shutil.rmtree(self.cache(PEER), ignore_errors=True)
            loud = [part for part in self.command(PEER, project) if part != "--quiet"]
            done = run(loud, {**self.env, "RUST_LOG": "uv_client=trace,uv_auth=trace"})
            row.requests[PEER] = len(re.findall(r"Attempting (?:un)?authenticated request for", done.err))
        return row

    def compare(self, row: Row, project: Path) -> None:
        """Whose lock is fresher: Thoth judges uv's by keeping it."""
        if "latest" not in self.options.type:
            return
        locked = {tool: versions(self.lock(tool)) for tool in (PEER, "latest")}
        names = sorted(set(locked[PEER]) | set(locked["latest"]))
        for name in names:
            theirs, ours = locked[PEER].get(name, "none"), locked["latest"].get(name, "none")
            if theirs != ours:
                row.differences.append(f"{name} {theirs} -> {ours}")
        if not row.differences:
            row.fresher = "same"
            return
        offline = ["--offline"]
        own = json.loads(run([*self.command("latest", project), *offline], self.env).out)
        command = [part for part in self.command("latest", project) if part != "--upgrade"]
        kept = self.folder / "kept.txt"
        shutil.copy(self.lock(PEER), kept)
        command[command.index("-o") + 1] = str(kept)
        try:
            # Not offline: Thoth may never have looked at a release that uv took.
            other = json.loads(run(command, self.env).out)
        except Failed as failed:
            row.fresher = "not comparable"
            row.differences.append(str(failed).splitlines()[-1])
            return
        changed = {one for one in names if versions(kept).get(one) != locked[PEER].get(one)}
        ours, theirs = behind(own), behind(other)
        if changed:
            row.fresher = "uv's is refused"
            row.differences.append(f"Thoth changes in uv's lock: {', '.join(sorted(changed))}")
        else:
            row.fresher = "thoth" if ours < theirs else "uv" if theirs < ours else "equal"
            row.differences.append(f"behind (direct, transitive): thoth {ours}, uv {theirs}")


def behind(said: dict) -> tuple[int, ...]:
    """How far a stack is behind, direct dependencies first."""
    levels = {level["level"]: level["value"] for level in said["certificate"]["levels"]}
    return tuple(value for name, value in levels.items() if "freshness" in name or name == "last_resort")


def versions(lock: Path) -> dict[str, str]:
    """What a requirements.txt pins."""
    found = re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==([^\s;\\]+)", lock.read_text(), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def mean(values: list[float]) -> float:
    return math.exp(statistics.fmean(math.log(value) for value in values))


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """The ratios of all projects, with their geometric means and worsts."""
    columns = [(state, kind) for kind in options.type for state in options.states]
    head = f"{'project':<12}{'releases':>9}{'uv, ms':>22}"
    head += "".join(f"{kind[:4] + ' ' + state[:7]:>14}" for state, kind in columns)
    head += f"{'requests':>18}  fresher"
    lines = [head]
    for row in rows:
        peers = "/".join(f"{statistics.median(row.seconds[state][PEER]) * 1000:.0f}" for state in options.states)
        cells = ""
        for state, kind in columns:
            proof = "" if row.proved.get(kind) else "?"
            cells += f"{row.ratio(state, kind) or math.nan:>13.2f}{proof or ' '}"
        asked = "/".join(str(row.requests.get(tool, "-")) for tool in [PEER, *options.type])
        lines.append(f"{row.name:<12}{row.releases:>9}{peers:>22}{cells}{asked:>18}  {row.fresher}")
    if rows and columns:
        for title, of in (("mean", mean), ("worst", max)):
            values = [of([row.ratio(state, kind) or math.nan for row in rows]) for state, kind in columns]
            lines.append(f"{'geom. ' if of is mean else ''}{title}".ljust(43) + "".join(f"{value:>13.2f} " for value in values))
        cpu = []
        for state, kind in columns:
            pairs = [(min(row.cpu[state][kind]), min(row.cpu[state][PEER])) for row in rows]
            cpu.append(mean([max(ours, 1e-3) / max(theirs, 1e-3) for ours, theirs in pairs]))
        lines.append("geom. mean of CPU times".ljust(43) + "".join(f"{value:>13.2f} " for value in cpu))
    if rows and "cold" in options.states:
        for kind in options.type:
            asked = [row.requests[kind] / row.requests[PEER] for row in rows]
            lines.append(f"requests of {kind} by those of uv: geom. mean {mean(asked):.2f}, worst {max(asked):.2f}")
    return "\n".join(lines)


def peer(folder: Path) -> str:
    """uv from the index that pip is configured for, in a throw-away environment."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    bin_folder = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([str(bin_folder / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"], check=True)
    return str(bin_folder / "uv")


def default_index(thoth: str) -> str:
    said = subprocess.run([thoth, "config", "show", "--no-config"], capture_output=True, text=True, check=True).stdout
    return re.search(r"^index-url\s*=\s*(\S+)", said, re.MULTILINE)[1]


def main() -> int:
    known = sorted(path.stem for path in PROJECTS.glob("*.in"))
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", nargs="*", help=f"which projects [default: all of {', '.join(known)}]")
    parser.add_argument("--thoth", default=str(target / "release" / "thoth"), help="the binary [default: %(default)s]")
    parser.add_argument("--uv", help="a uv that is there already [default: install one]")
    parser.add_argument("--python", default=sys.executable, help="the interpreter to lock for [default: this one]")
    parser.add_argument("--type", action="append", help="a recommendation type; repeatable [default: latest and security]")
    parser.add_argument("--states", default=",".join(STATES), help="which states, separated by commas [default: %(default)s]")
    parser.add_argument("--runs", type=int, default=7, help="of each tool in each warm state [default: %(default)s]")
    parser.add_argument("--cold-runs", type=int, default=3, help="of each tool with empty caches [default: %(default)s]")
    parser.add_argument("--exclude-newer", default="2024-10-01T00:00:00Z", help="the date of both [default: %(default)s]")
    parser.add_argument("--advisories", help="the advisories Thoth loads, as folder, archive or URL [default: Thoth's own]")
    parser.add_argument("--index-url", help="the index of both [default: PyPI]")
    parser.add_argument("--replay", type=Path, metavar="FOLDER", help="serve the index from here, fetching once what is not there")
    parser.add_argument("--latency", type=float, default=20, help="of the replayed index, milliseconds [default: %(default)s]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured")
    options = parser.parse_args()
    options.type = options.type or ["latest", "security"]
    options.states = [state for state in options.states.split(",") if state]
    if unknown := (set(options.project) - set(known)) | (set(options.states) - set(STATES)):
        parser.error(f"no such project or state: {', '.join(sorted(unknown))}")
    if not Path(options.thoth).exists():
        parser.error(f"{options.thoth} is not there: `cargo build --release` first, or say --thoth")

    rows, failures = [], []
    with tempfile.TemporaryDirectory(prefix="thoth-bench-") as temporary:
        folder = Path(temporary)
        uv = options.uv or peer(folder / "uv")
        replay, index = None, options.index_url
        if options.replay:
            replay = Replay(options.replay, index or default_index(options.thoth), options.latency / 1000)
            index = replay.start()
        bench = Bench(options, folder, uv, index, replay)
        tools = [subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout.strip() for tool in (options.thoth, uv)]
        where = f"replayed, {options.latency:.0f} ms a request" if replay else index or "the live PyPI"
        said = f"{' beside '.join(tools)}; index: {where}; as of {options.exclude_newer}"
        print(f"{said}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", flush=True)
        for name in options.project or known:
            try:
                rows.append(bench.measure(name))
                print(f"ok     {name}", flush=True)
            except Failed as failed:
                failures.append(name)
                print(f"FAILED {name}\n{failed}", flush=True)
    print(f"\n{table(rows, options)}\nload at the end {os.getloadavg()[0]:.1f}\n")
    for row in rows:
        if row.differences:
            print(f"{row.name}: {row.fresher} is fresher" if row.fresher in ("thoth", PEER) else f"{row.name}: {row.fresher}")
            print("\n".join(f"    {line}" for line in row.differences))
    if options.json:
        options.json.write_text(json.dumps({"about": said, "projects": [asdict(row) for row in rows], "failed": failures}, indent=1))
    worse = [row.name for row in rows if row.fresher == PEER]
    if worse:
        print(f"uv is fresher: {', '.join(worse)}")
    return 1 if failures or worse else 0


if __name__ == "__main__":
    sys.exit(main())
