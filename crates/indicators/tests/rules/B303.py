from Crypto.Hash import MD5
from cryptography.hazmat.primitives import hashes

MD5.new()  #! MEDIUM HIGH
hashes.SHA1()  #! MEDIUM HIGH
hashes.SHA256()
