from cryptography.hazmat.primitives.ciphers import modes

modes.ECB()  #! MEDIUM HIGH
modes.CBC(iv)
