import os
import subprocess

os.system("ls")  #! LOW HIGH
os.system(command)  #! HIGH HIGH
os.popen(f"ls {x}")  #! HIGH HIGH
subprocess.getoutput("ls")  #! LOW HIGH
os.system(command=command)
system("ls")
