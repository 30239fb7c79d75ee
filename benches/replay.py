"""An index on loopback that answers as PyPI does, from what it once fetched.

Two resolvers can only be compared over a network that treats both alike, and a registry is not there to be asked for the same
things a hundred times. So every page and every metadata file is fetched once, kept in a folder, and served from memory after a
fixed delay. Answers carry what PyPI's carry: `ETag`, ten minutes of `Cache-Control` for pages, pages compressed, a
metadata file beside each wheel. Mirrors that leave such things out would otherwise decide who is faster.

It speaks HTTP/1.1 without TLS, keeps connections, and counts requests.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import re
import sys
import threading
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

JSON = "application/vnd.pypi.simple.v1+json"


@dataclass
class Answer:
    """What is sent for one path, compressed and not."""

    status: int
    kind: str
    cache: str
    body: bytes
    packed: bytes
    etag: str


class Remote(io.RawIOBase):
    """A file on a server that is read in parts: for the metadata of a wheel, which is at its end."""

    def __init__(self, url: str) -> None:
        self.url, self.at = url, 0
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=60) as head:
            self.size = int(head.headers["Content-Length"])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def readinto(self, buffer: bytearray) -> int:
        last = min(self.at + len(buffer), self.size) - 1
        if last < self.at:
            return 0
        request = urllib.request.Request(self.url, headers={"Range": f"bytes={self.at}-{last}"})
        with urllib.request.urlopen(request, timeout=60) as part:
            found = part.read()
            if part.status == 200:
                found = found[self.at : last + 1]
        buffer[: len(found)] = found
        self.at += len(found)
        return len(found)


class Replay:
    """The index; `start` tells where it is."""

    def __init__(self, folder: Path, upstream: str, latency: float) -> None:
        self.folder, self.upstream, self.latency = folder, upstream.rstrip("/"), latency
        self.requests = 0
        self.answers: dict[str, Answer] = {}
        self.under_way: dict[str, asyncio.Future[Answer]] = {}
        self.home = ""
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> str:
        """Listens on a free port; the address of the index."""
        ready: threading.Event = threading.Event()

        async def serve() -> None:
            server = await asyncio.start_server(self.connection, "127.0.0.1", 0, backlog=512)
            self.home = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            ready.set()
            await server.serve_forever()

        threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
        ready.wait()
        return f"{self.home}/simple/"

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = head[0].split(" ", 2)
                headers = {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in head[1:])}
                self.requests += 1
                answer = self.answers.get(path) or await self.find(path)
                # The delay of the network; whatever the record itself took is not part of any measurement.
                await asyncio.sleep(self.latency)
                writer.write(message(method, headers, answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def find(self, path: str) -> Answer:
        """Loads what is recorded, or records it; once for all who ask at the same time."""
        if path not in self.under_way:
            self.under_way[path] = asyncio.ensure_future(asyncio.to_thread(self.load, path))
        try:
            self.answers[path] = await asyncio.shield(self.under_way[path])
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            # The run that asked fails and says so; the next one may have more luck.
            self.under_way.pop(path, None)
            print(f"replay: {path}: {error}", file=sys.stderr, flush=True)
            return Answer(502, "text/plain", "no-store", str(error).encode(), b"", "")
        return self.answers[path]

    def load(self, path: str) -> Answer:
        if page := re.fullmatch(r"/simple/([A-Za-z0-9._-]+)/", path):
            body = self.recorded(f"page {page[1]}", lambda: fetched(f"{self.upstream}/{page[1]}/", JSON))
            return answer(self.rewritten(body), JSON, "max-age=600, public")
        if file := re.fullmatch(r"/file/(https?)/(.+)\.metadata", path):
            url = f"{file[1]}://{file[2]}"
            body = self.recorded(f"metadata {url}", lambda: metadata(url))
            return answer(body, "binary/octet-stream", "max-age=365000000, immutable, public")
        return answer(None, "text/plain", "no-store")

    def recorded(self, key: str, fetch) -> bytes | None:
        """The body kept under `key`; an empty file stands for "there is none"."""
        kept = self.folder / hashlib.sha256(key.encode()).hexdigest()
        if not kept.exists():
            body = fetch()
            new = kept.with_suffix(f".{threading.get_ident()}")
            new.write_bytes(gzip.compress(body, 5, mtime=0) if body is not None else b"")
            new.replace(kept)
        body = kept.read_bytes()
        return gzip.decompress(body) if body else None

    def rewritten(self, body: bytes | None) -> bytes | None:
        """The page with its files on this server, and a metadata file promised beside each wheel."""
        if body is None:
            return None
        page = json.loads(body)
        for file in page["files"]:
            # Plain paths, as a file's usually is: nothing in them that a reader would have to look at twice.
            file["url"] = f"{self.home}/file/{file['url'].replace('://', '/', 1)}"
            if file["filename"].endswith(".whl"):
                file["core-metadata"] = True
        return json.dumps(page).encode()


def fetched(url: str, accept: str = "*/*") -> bytes | None:
    """The body; none where there is no such thing."""
    request = urllib.request.Request(url, headers={"Accept": accept, "Accept-Encoding": "gzip", "User-Agent": "thoth-bench"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            body = response.read()
            return gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body
    except urllib.error.HTTPError as error:
        if error.code in (404, 410):
            return None
        raise


def metadata(url: str) -> bytes | None:
    """The metadata of a wheel, from the file beside it or from within."""
    if (body := fetched(f"{url}.metadata")) is not None:
        return body
    try:
        with zipfile.ZipFile(io.BufferedReader(Remote(url), 1 << 16)) as wheel:
            names = [name for name in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
            return wheel.read(names[0]) if names else None
    except urllib.error.HTTPError:
        return None


def answer(body: bytes | None, kind: str, cache: str) -> Answer:
    if body is None:
        return Answer(404, "text/plain", "max-age=600, public", b"not here", b"", "")
    packed = gzip.compress(body, 6, mtime=0)
    return Answer(200, kind, cache, body, packed, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def message(method: str, headers: dict[str, str], answer: Answer) -> bytes:
    """The bytes of a response."""
    lines = [f"Content-Type: {answer.kind}", f"Cache-Control: {answer.cache}"]
    status, body = answer.status, answer.body
    if answer.etag:
        lines += [f"ETag: {answer.etag}", "Vary: Accept-Encoding"]
    if answer.etag and headers.get("if-none-match") == answer.etag:
        status, body = 304, b""
    elif answer.packed and "gzip" in headers.get("accept-encoding", ""):
        body = answer.packed
        lines.append("Content-Encoding: gzip")
    lines += [f"Content-Length: {len(body)}"] if status != 304 else []
    head = "\r\n".join([f"HTTP/1.1 {status} -", *lines, "", ""]).encode("latin-1")
    return head if method == "HEAD" else head + body
