import os
import subprocess

subprocess.run(["ls"])  #! LOW HIGH
os.system("ls /")  #! LOW HIGH
os.execvp("ls", args)  #! LOW HIGH
subprocess.run(["/bin/ls"])
subprocess.run(["./ls"])
subprocess.run("C:\\ls.exe")
subprocess.run([ls])
subprocess.run(("ls",))
subprocess.run([])
