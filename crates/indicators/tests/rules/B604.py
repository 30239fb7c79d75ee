import subprocess

other(command, shell=True)  #! MEDIUM LOW
self.run(
    command,
    shell=flag,  #! MEDIUM LOW
)
other(command, shell=False)
other(command, shell=None)
other(command, shell=0)
subprocess.run(command, shell=True)
