# Describes the interpreter that runs it, as one line of JSON. Runs on every Python 3 (CPython 3.4 and later, PyPy, GraalPy), without
# site: nothing of what is installed is imported.
import json
import os
import platform
import sys
import sysconfig


def full_version(info):
    # PEP 508, "implementation_version".
    version = "{0.major}.{0.minor}.{0.micro}".format(info)
    if info.releaselevel != "final":
        version += info.releaselevel[0] + str(info.serial)
    return version


def numbers(text):
    # The leading major and minor of a text such as "2.36" or "1.2.4-git".
    found = []
    for part in text.split(".")[:2]:
        digits = ""
        for sign in part:
            if not "0" <= sign <= "9":
                break
            digits += sign
        if not digits:
            return None
        found.append(int(digits))
    return found if len(found) == 2 else None


def glibc():
    try:
        name, version = os.confstr("CS_GNU_LIBC_VERSION").split()
    except (AttributeError, OSError, ValueError):
        return None
    return numbers(version) if name == "glibc" else None


def elf_interpreter(path):
    # The loader named by the PT_INTERP segment of an executable (System V ABI).
    import struct

    with open(path, "rb") as file:
        head = file.read(64)
        if len(head) < 52 or head[:4] != b"\x7fELF" or head[4] not in (1, 2) or head[5] not in (1, 2):
            return None
        order = "<" if head[5] == 1 else ">"
        wide = head[4] == 2
        start = struct.unpack_from(order + ("Q" if wide else "I"), head, 32 if wide else 28)[0]
        size, count = struct.unpack_from(order + "HH", head, 54 if wide else 42)
        for number in range(min(count, 256)):
            file.seek(start + size * number)
            entry = file.read(56 if wide else 32)
            if len(entry) < (56 if wide else 32):
                return None
            if struct.unpack_from(order + "I", entry)[0] != 3:
                continue
            offset = struct.unpack_from(order + ("Q" if wide else "I"), entry, 8 if wide else 4)[0]
            length = struct.unpack_from(order + ("Q" if wide else "I"), entry, 32 if wide else 16)[0]
            file.seek(offset)
            return file.read(min(length, 4096)).rstrip(b"\0").decode("utf-8", "surrogateescape")
    return None


def musl():
    try:
        loader = elf_interpreter(os.path.realpath(sys.executable))
    except (OSError, ValueError):
        return None
    if not loader or "musl" not in os.path.basename(loader):
        return None
    # The loader of musl, called without a program, tells its version on stderr: "Version 1.2.4".
    import subprocess

    try:
        process = subprocess.Popen([loader], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        lines = process.communicate(timeout=3)[1].decode("utf-8", "replace").splitlines()
    except (OSError, subprocess.SubprocessError):
        return None
    for line in lines:
        if line.startswith("Version "):
            return numbers(line[len("Version "):])
    return None


def libc():
    if not sys.platform.startswith("linux"):
        return None
    for kind, find in (("glibc", glibc), ("musl", musl)):
        found = find()
        if found:
            return {"kind": kind, "major": found[0], "minor": found[1]}
    return None


def macos():
    if sys.platform != "darwin":
        return None
    release, _, machine = platform.mac_ver()
    found = numbers(release if "." in release else release + ".0")
    return {"major": found[0], "minor": found[1], "machine": machine} if found else None


info = sys.implementation.version
print(
    json.dumps(
        {
            "markers": {
                "implementation_name": sys.implementation.name,
                "implementation_version": full_version(info),
                "os_name": os.name,
                "platform_machine": platform.machine(),
                "platform_python_implementation": platform.python_implementation(),
                "platform_release": platform.release(),
                "platform_system": platform.system(),
                "platform_version": platform.version(),
                # Some distributions build from a tree that is ahead of its tag, "3.13.0+", which is no PEP 440 version.
                "python_full_version": platform.python_version().rstrip("+"),
                "python_version": ".".join(platform.python_version_tuple()[:2]),
                "sys_platform": sys.platform,
            },
            "implementation": sys.implementation.name,
            "version": list(sys.version_info[:2]),
            "platform": sysconfig.get_platform(),
            "libc": libc(),
            "macos": macos(),
            "gil_disabled": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
            "debug": bool(sysconfig.get_config_var("Py_DEBUG")),
            "pointer_bits": 64 if sys.maxsize > 2**32 else 32,
        }
    )
)
