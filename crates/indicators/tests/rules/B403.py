import os, pickle  #! LOW HIGH
from . import shelve  #! LOW HIGH
from .pickle import x  #! LOW HIGH
import pickletools  #! LOW HIGH
importlib.import_module("dill")  #! LOW HIGH
from x import pickle
