import os
import subprocess

os.system("chown root *")  #! HIGH MEDIUM
subprocess.Popen(
    "tar cf x *",
    shell=True,  #! HIGH MEDIUM
)
subprocess.run(["rsync", "*"], shell=True)  #! HIGH MEDIUM
subprocess.run("tar cf x *")
os.system("ls *")
os.system("tar cf x y")
