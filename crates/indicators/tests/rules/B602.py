import subprocess

subprocess.run(command, shell=True)  #! HIGH HIGH
subprocess.Popen("ls", shell=True)  #! LOW HIGH
subprocess.call(
    command,
    shell=shell,  #! HIGH HIGH
)
subprocess.check_output(command, shell=1)  #! HIGH HIGH
subprocess.run(command, shell=False)
subprocess.run(command, shell=[])
subprocess.run(command, shell={})
subprocess.run(command, shell="")
subprocess.run(args=command, shell=True)
run(command, shell=True)
