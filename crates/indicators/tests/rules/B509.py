from pysnmp.hlapi import UsmUserData

UsmUserData("user")  #! MEDIUM HIGH
UsmUserData("user", "auth")  #! MEDIUM HIGH
UsmUserData("user", "auth", "key")
