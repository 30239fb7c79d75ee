import telnetlib  #! HIGH HIGH
from telnetlib import Telnet  #! HIGH HIGH
import telnet
