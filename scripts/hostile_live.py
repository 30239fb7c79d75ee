#!/usr/bin/env python3
"""How often do the rules for hostile packages fire on honest ones, as the live index has them?

For the projects in `scripts/projects`, pip downloads the wheels of all that they depend on; with `--sdists N` also the source
archives of the first N of those packages, without building them. Each release is unpacked into a folder of its own and
scanned with `cargo run --example scan_releases`; nothing of it is run. The table says on how many releases each rule fires: one
that fires on more than one in a hundred is to be pedantic, and none may forbid (high severity, high confidence).

It asks the index that pip is configured for and takes some gigabytes of disk, so it is no part of the tests.

    scripts/hostile_live.py                       # the projects named below
    scripts/hostile_live.py --keep FOLDER flask   # keeps what it downloads, for the next time
    scripts/hostile_live.py --names top200.txt    # packages by name, one a line, without what they depend on
"""

from __future__ import annotations

import argparse
import collections
import json
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = "django jupyter scrapy fastapi aws dash mkdocs tests docs flask packagers dashboard".split()
MOST_BYTES = 80_000_000
PEDANTIC = {"T105", "T111", "T123", "T208"}


def download(project: str, folder: Path) -> None:
    """Gets the wheels of a project and of what it depends on."""
    requirements = ROOT / "scripts" / "projects" / f"{project}.in"
    command = [sys.executable, "-m", "pip", "download", "-q", "--only-binary=:all:", "-d", str(folder), "-r", str(requirements)]
    if subprocess.run(command, check=False).returncode:
        print(f"{project}: pip could not get all of it", file=sys.stderr)


def download_named(names: list[str], folder: Path) -> None:
    """Gets one wheel of each package, one after the other."""
    for name in names:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(folder), name]
        if subprocess.run(command, check=False).returncode:
            print(f"{name}: pip got no wheel of it", file=sys.stderr)
        time.sleep(0.5)


def download_sdists(names: list[str], folder: Path) -> None:
    """Gets source archives by the links that pip finds, so that nothing is built."""
    from pip._internal.cli.main_parser import parse_command  # noqa: F401  (tells early that pip is there)
    from pip._internal.commands import create_command

    command = create_command("download")
    options, _ = command.parse_args(["--no-binary=:all:", "--no-deps"])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session)
        for name in names:
            best = finder.find_best_candidate(name).best_candidate
            if best and best.link.filename.endswith(".tar.gz") and not (folder / best.link.filename).exists():
                (folder / best.link.filename).write_bytes(session.get(best.link.url_without_fragment).content)


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks an archive into a folder named after its release."""
    if archive.stat().st_size > MOST_BYTES:
        return
    if archive.suffix == ".whl":
        name, version = archive.name.split("-")[:2]
        with zipfile.ZipFile(archive) as files:
            files.extractall(folder / f"{name}=={version}==wheel")
    else:
        name, version = archive.name.removesuffix(".tar.gz").rsplit("-", 1)
        with tarfile.open(archive) as files:
            files.extractall(folder / f"{name}=={version}==sdist", filter="data")


def scan(folder: Path) -> list[dict]:
    command = ["cargo", "run", "-q", "--release", "-p", "thoth-indicators", "--example", "scan_releases", "--", str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def table(found: list[dict], releases: int) -> bool:
    """Prints on how many releases each rule fires; false when one is forbidden or a rule is too loud."""
    fires, serious, forbidden = (collections.defaultdict(set) for _ in range(3))
    for row in found:
        finding, release = row["finding"], row["release"]
        fires[finding["rule"]].add(release)
        if finding["severity"] != "LOW":
            serious[finding["rule"]].add(release)
        if finding["severity"] == finding["confidence"] == "HIGH":
            forbidden[release].add(f"{finding['rule']} {finding['path']}:{finding['line']}")
    print(f"{releases} releases\nrule   fires         medium or worse")
    for rule, where in sorted(fires.items()):
        mark = "pedantic" if rule in PEDANTIC else "TOO LOUD" if 100 * len(where) > releases else ""
        print(f"{rule}  {len(where):4}  {100 * len(where) / releases:4.1f} %  {len(serious[rule]):4}  {mark}")
    for release, why in sorted(forbidden.items()):
        print(f"FORBIDDEN {release}: {', '.join(sorted(why))}")
    loud = [rule for rule, where in fires.items() if rule not in PEDANTIC and 100 * len(where) > releases]
    return not forbidden and not loud


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("projects", nargs="*", default=PROJECTS)
    parser.add_argument("--keep", type=Path, help="a folder for what is downloaded")
    parser.add_argument("--names", type=Path, help="a list of packages, instead of projects")
    parser.add_argument("--sdists", type=int, default=0, help="source archives of so many of the packages")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        archives = arguments.keep or Path(temporary) / "archives"
        archives.mkdir(parents=True, exist_ok=True)
        if arguments.names:
            download_named(arguments.names.read_text().split(), archives)
        for project in [] if arguments.names else arguments.projects:
            download(project, archives)
        if arguments.sdists:
            names = sorted({path.name.split("-")[0] for path in archives.glob("*.whl")})
            download_sdists(names[: arguments.sdists], archives)
        releases = Path(temporary) / "releases"
        for archive in sorted(archives.iterdir()):
            unpack(archive, releases)
        return 0 if table(scan(releases), sum(1 for _ in releases.iterdir())) else 1


if __name__ == "__main__":
    sys.exit(main())
