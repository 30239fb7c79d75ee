import paramiko

client.set_missing_host_key_policy(paramiko.AutoAddPolicy)  #! HIGH MEDIUM
client.set_missing_host_key_policy(paramiko.WarningPolicy())  #! HIGH MEDIUM
client.set_missing_host_key_policy(paramiko.RejectPolicy)
client.set_missing_host_key_policy(policy=paramiko.AutoAddPolicy)
