import subprocess  #! LOW HIGH
from subprocess import run  #! LOW HIGH
import importlib

__import__("subprocess")  #! LOW HIGH
importlib.import_module("subprocess")  #! LOW HIGH
importlib.import_module(name="subprocess")  #! LOW HIGH
__import__(name)
importlib.import_module("os")
from asyncio import subprocess
