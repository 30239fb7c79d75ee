from subprocess import Popen, run as start

Popen(command)  #! LOW HIGH
start(["ls"])  #! LOW HIGH
start(
    ["ls"],
    shell=False,  #! LOW HIGH
)
start(command, shell=True)
os.system(command)
