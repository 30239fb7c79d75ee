//! What code can do is told from what it names, not from how its variables are called.

use crate::{Analyser, Member};

/// What a file can do: `capability moment line`.
fn of(path: &str, text: &str) -> Vec<String> {
    let examined = Analyser::default().examine(&Member { path, bytes: text.as_bytes() });
    examined.capabilities.iter().map(|one| format!("{:?} {:?} {}", one.capability, one.moment, one.line)).collect()
}

#[test]
fn importing_is_not_yet_using_and_using_in_a_function_is_for_later() {
    assert_eq!(of("a/b.py", "import socket\n"), ["Network Later 1"]);
    let later = "import subprocess as s\n\ndef f():\n    s.run(['a'])\n";
    assert_eq!(of("a/b.py", later), ["Process Later 1"]);
    assert_eq!(of("a/b.py", "from os import system\nsystem('a')\n"), ["Process Later 1", "Process Import 2"]);
    let main = "import os\nif __name__ == '__main__':\n    os.system('a')\n";
    assert_eq!(of("a/b.py", main), ["Process Later 3"]);
    assert_eq!(of("p-1/setup.py", "import os\ndef f():\n    os.system('a')\n"), ["Process Install 3"]);
}

#[test]
fn every_kind_is_known() {
    for (text, told) in [
        ("import os\nx = os.environ['A']\n", "Environment Import 2"),
        ("import os\nx = os.getenv('A')\n", "Environment Import 2"),
        ("x = open('a', 'w')\n", "Files Import 1"),
        ("from pathlib import Path\nPath('a').write_text('b')\n", "Files Import 2"),
        ("exec('1')\n", "Dynamic Import 1"),
        ("import importlib\nimportlib.import_module(x)\n", "Dynamic Import 2"),
        ("import ctypes\n", "Native Later 1"),
        ("import pickle\n", "Deserialise Later 1"),
        ("from urllib.request import urlopen\n", "Network Later 1"),
    ] {
        assert!(of("a/b.py", text).contains(&told.to_string()), "{text}: {:?}", of("a/b.py", text));
    }
    assert_eq!(of("p-1/setup.py", "from setuptools import setup\nsetup(cmdclass={})\n"), ["Install Install 2"]);
}

#[test]
fn files_speak_by_being_there() {
    assert_eq!(of("a/b.so", "x"), ["Native Later 0"]);
    assert_eq!(of("a.pth", "lib\nimport a\n"), ["Startup Start 2"]);
    assert_eq!(of("sitecustomize.py", ""), ["Startup Start 0"]);
    assert_eq!(of("p-1/pyproject.toml", "[build-system]\nbackend-path = ['.']\n"), ["Install Install 2"]);
    assert!(of("p-1/README.md", "import socket\n").is_empty());
}

#[test]
fn variables_and_own_modules_of_such_names_are_nothing() {
    for text in [
        "requests = []\nrequests.append(1)\n",
        "def f(socket):\n    socket.close()\n",
        "from .requests import get\n",
        "import re\nre.compile('a')\n",
        "x = open('wax', 'r')\n",
        "x = open('w')\n",
        "environ = {}\nx.environ\n",
    ] {
        assert!(of("a/b.py", text).is_empty(), "{text}: {:?}", of("a/b.py", text));
    }
}
