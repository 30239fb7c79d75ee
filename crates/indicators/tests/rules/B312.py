import telnetlib

telnetlib.Telnet(host)  #! HIGH HIGH
telnetlib.other(host)
