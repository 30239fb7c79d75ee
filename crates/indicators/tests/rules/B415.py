import pyghmi  #! HIGH HIGH
from pyghmi.ipmi import command  #! HIGH HIGH
import ghmi
