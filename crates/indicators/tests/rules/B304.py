from Crypto.Cipher import ARC4, AES

ARC4.new(key)  #! HIGH HIGH
AES.new(key)
