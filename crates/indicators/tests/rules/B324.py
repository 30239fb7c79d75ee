import crypt
import hashlib
from hashlib import sha1 as digest

hashlib.md5(data)  #! HIGH HIGH
digest(data)  #! HIGH HIGH
hashlib.new("MD5")  #! HIGH HIGH
hashlib.new(name="sha1")  #! HIGH HIGH
hashlib.sha1(data, usedforsecurity=True)  #! HIGH HIGH
crypt.crypt(word, crypt.METHOD_MD5)  #! MEDIUM HIGH
crypt.crypt(word, salt=crypt.METHOD_CRYPT)  #! MEDIUM HIGH
crypt.mksalt(crypt.METHOD_BLOWFISH)  #! MEDIUM HIGH
hashlib.sha1(data, usedforsecurity=False)
hashlib.new("sha256")
hashlib.new(name)
crypt.crypt(word, crypt.METHOD_SHA512)
md5(data)
