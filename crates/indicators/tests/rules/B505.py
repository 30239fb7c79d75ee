from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from Crypto.PublicKey import RSA

dsa.generate_private_key(512, backend)  #! HIGH HIGH
dsa.generate_private_key(key_size=1024)  #! MEDIUM HIGH
rsa.generate_private_key(65537, 1024)  #! MEDIUM HIGH
ec.generate_private_key(ec.SECT163K1)  #! MEDIUM HIGH
ec.generate_private_key(curve=ec.SECP192R1)  #! MEDIUM HIGH
RSA.generate(512)  #! HIGH HIGH
RSA.generate(bits=1024)  #! MEDIUM HIGH
RSA.generate(4096)
RSA.generate(size)
RSA.generate(0)
rsa.generate_private_key(3, key_size=2048)
ec.generate_private_key(ec.SECP256R1)
ec.generate_private_key(ec.SECP192R1())
