import paramiko

client.exec_command(text)  #! MEDIUM MEDIUM
client.invoke_shell()
