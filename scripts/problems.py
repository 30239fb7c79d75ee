#!/usr/bin/env python3
"""Makes the saved problems under tests/problems anew, from the list in `tests/problems/problems.toml` and the live index.

Each is one run of `thoth advise --save-problem` in a folder of its own. Between Thoth and the index stands the recorder of
`benches/replay.py`, asked as a proxy for `http://index.example/`: so no problem names the registry it came from, and with
`--record` the next time asks for nothing that was asked before. What was saved is replayed at once and must print the same report,
and its bytes must hold no path of this machine and no host of the index.

Afterwards the test says what changed: `cargo test -p thoth-operations --test problems`.

    cargo build --release
    scripts/problems.py --advisories pypa-advisory-database-2024-10-10.tar.zst --record FOLDER
    scripts/problems.py --advisories ... --record FOLDER django jupyter       # some
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from urllib.parse import urljoin, urlsplit

ROOT = Path(__file__).resolve().parent.parent
PROBLEMS = ROOT / "tests" / "problems"
PROJECTS = ROOT / "scripts" / "projects"
sys.path.insert(0, str(ROOT / "benches"))
from replay import JSON, Answer, Replay, answer, fetched, metadata  # noqa: E402
from projects import default_index  # noqa: E402

HOME = "http://index.example"
MARK = 8
"""Bytes before what zstd packed."""


class Failed(Exception):
    """A problem that was not saved as it should be."""


class Proxy(Replay):
    """The recorder under a name that is nobody's: files keep their path, and where they are is known here alone."""

    def __init__(self, folder: Path, upstream: str) -> None:
        super().__init__(folder, upstream, 0)
        self.origins: dict[str, str] = {}
        self.hosts = {urlsplit(upstream).hostname}

    def load(self, path: str) -> Answer:
        path = path.removeprefix(HOME)
        if path.startswith("/simple/"):
            body = self.recorded(f"page {path.split('/')[2]}", lambda: fetched(self.upstream + path.removeprefix("/simple"), JSON))
            return answer(self.renamed(body), JSON, "max-age=600, public")
        if path.endswith(".metadata") and (url := self.origins.get(path.removesuffix(".metadata"))):
            body = self.recorded(f"metadata {url}", lambda: metadata(url))
        elif url := self.origins.get(path):
            body = self.recorded(f"file {url}", lambda: fetched(url))
        else:
            body = None
        return answer(body, "binary/octet-stream", "max-age=365000000, immutable, public")

    def renamed(self, body: bytes | None) -> bytes | None:
        if body is None:
            return None

        page = json.loads(body)
        for file in page["files"]:
            url = urljoin(f"{self.upstream}/", file["url"])
            parts = urlsplit(url)
            self.hosts.add(parts.hostname)
            self.origins[parts.path] = url
            file["url"] = HOME + parts.path
            # Each wheel has its metadata beside it: the recorder takes it from within where the index does not.
            file["core-metadata"] = file["filename"].endswith(".whl")
        return json.dumps(page).encode()


def lock_text(lock: dict[str, str]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in lock.items())


def place(name: str, problem: dict) -> Path:
    return (PROBLEMS / "wide" if "wide" in problem else PROBLEMS) / f"{name}.thoth"


def save(name: str, problem: dict, options: argparse.Namespace, proxy: Proxy, folder: Path) -> str:
    """Saves one problem and checks it; one line about it."""
    home = folder / name
    home.mkdir()
    requires = list(problem.get("requires", []))
    if project := problem.get("project"):
        requires += (PROJECTS / f"{project}.in").read_text().splitlines()
    (home / "requirements.in").write_text("\n".join(requires) + "\n")
    command = [options.thoth, "advise", "-r", "requirements.in", "-o", "requirements.txt", "-t", problem.get("type", "stable")]
    command += ["--python-version", problem.get("python", "3.11"), "--python-platform", problem.get("platform", "linux")]
    command += ["--index-url", f"{HOME}/simple/", "--cache-dir", str(folder / "cache"), "--no-config", "--no-progress"]
    if (newer := problem.get("exclude-newer", "2024-10-12")) != "":
        command += ["--exclude-newer", newer]
    (home / options.advisories.name).symlink_to(options.advisories.resolve())
    command += ["--advisories", options.advisories.name]
    for flag in ("constraints", "override"):
        if flag in problem:
            (home / f"{flag}.txt").write_text("\n".join(problem[flag]) + "\n")
            command += [f"--{flag}", f"{flag}.txt"]
    if "lock" in problem:
        (home / "requirements.txt").write_text(lock_text(problem["lock"]))
    command += problem.get("flags", [])
    if wide := problem.get("wide"):
        command += ["--predictor", "latest", "--limit", "1", "--limit-latest-versions", str(wide)]
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_", "THOTH_")) and "proxy" not in key.lower()}
    env |= {"http_proxy": proxy.home, "NO_COLOR": "1"}

    def run(command: list[str]) -> tuple[str, int]:
        done = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise Failed(f"$ {' '.join(command)}\nexit {done.returncode}\n{done.stderr[-3000:]}")
        return done.stdout, done.returncode

    began = time.monotonic()
    said, exit_code = run([*command, "--format", "json", "--save-problem", "problem.thoth"])
    seconds = time.monotonic() - began
    replay = [options.thoth, "replay", "problem.thoth", "--format", "json", "-o", "again.txt", "--offline", "--no-config"]
    if wide:
        # What a predictor tells of its pace is never the same; the proof is.
        said, exit_code = run([*replay, "--predictor", "exact"])
    again, exit_again = run([*replay, "--predictor", "exact"] if wide else replay)
    if (said, exit_code) != (again, exit_again):
        (folder / f"{name}.first.json").write_text(said)
        (folder / f"{name}.again.json").write_text(again)
        options.keep = True
        raise Failed(f"{name}: a replay prints another report: compare {folder / name}.first.json and {name}.again.json")
    lock, other = home / "requirements.txt", home / "again.txt"
    if not wide and other.exists() and lock.read_bytes() != other.read_bytes():
        raise Failed(f"{name}: a replay makes another lock")
    packed = (home / "problem.thoth").read_bytes()
    plain = subprocess.run(["zstd", "-dc"], input=packed[MARK:], capture_output=True, check=True).stdout
    forbidden = [str(folder), str(ROOT), str(Path.home()), str(options.advisories.resolve().parent), proxy.home, *proxy.hosts]
    if told := [text for text in forbidden if len(text) > 1 and text.encode() in plain]:
        raise Failed(f"{name}: the file tells of {', '.join(told)}")
    shutil.copy(home / "problem.thoth", place(name, problem))
    releases = len(re.findall(r"^[a-z0-9][^\s=]*==", other.read_text(), re.MULTILINE)) if other.exists() else 0
    return f"{name:<28}{releases:>9}{len(packed) / 1000:>10.1f}{len(plain) / 1000:>10.0f}{seconds:>9.1f}"


def main() -> int:
    known = tomllib.loads((PROBLEMS / "problems.toml").read_text())
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problem", nargs="*", help="which problems [default: all]")
    parser.add_argument("--thoth", default=str(target / "release" / "thoth"), help="the binary [default: %(default)s]")
    parser.add_argument("--advisories", type=Path, required=True, metavar="FILE", help="the PyPA advisory database as of 2024-10-10")
    parser.add_argument("--record", type=Path, metavar="FOLDER", help="keep what the index said here, and ask it only for the rest")
    parser.add_argument("--index-url", help="the index [default: PyPI]")
    options = parser.parse_args()
    options.keep = False
    if unknown := set(options.problem) - set(known):
        parser.error(f"no such problem: {', '.join(sorted(unknown))}")
    if not shutil.which("zstd"):
        parser.error("zstd is not installed: it is needed to look into what was saved")
    folder = Path(tempfile.mkdtemp(prefix="thoth-problems-"))
    proxy = Proxy(options.record or folder / "index", options.index_url or default_index(options.thoth))
    proxy.start()
    failed = 0
    print(f"{'problem':<28}{'releases':>9}{'kB':>10}{'unpacked':>10}{'seconds':>9}", flush=True)
    for name in options.problem or known:
        try:
            print(save(name, known[name], options, proxy, folder), flush=True)
        except (Failed, OSError) as error:
            failed += 1
            print(f"FAILED {name}\n{error}", flush=True)
    for file in PROBLEMS.rglob("*.thoth"):
        if file.stem not in known or file != place(file.stem, known[file.stem]):
            print(f"{file.name} is not in the list: removed", flush=True)
            file.unlink()
    total = sum(file.stat().st_size for file in PROBLEMS.rglob("*.thoth"))
    print(f"{len(list(PROBLEMS.rglob('*.thoth')))} problems, {total / 1e6:.2f} MB")
    if not options.keep:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
