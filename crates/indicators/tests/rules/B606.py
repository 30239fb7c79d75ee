import os

os.execv(path, args)  #! LOW MEDIUM
os.spawnlpe(mode)  #! LOW MEDIUM
os.startfile(path)  #! LOW MEDIUM
os.posix_spawn(path)
os.execute(path)
