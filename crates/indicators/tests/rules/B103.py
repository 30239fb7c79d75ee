import os
import stat

os.chmod("a", 0o777)  #! HIGH HIGH
os.chmod(path, 0o755)  #! MEDIUM HIGH
os.lchmod(path, 0o020)  #! MEDIUM HIGH
os.chmod("a", 0o600)
os.chmod("a", 0o444)
os.chmod("a", stat.S_IWOTH)
os.chmod("a", mode=0o777)
os.chmod("a", True)
