from Crypto.Cipher import AES  #! HIGH HIGH
import Crypto.Hash  #! HIGH HIGH
from Cryptodome.Cipher import AES
