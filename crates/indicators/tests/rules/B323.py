import ssl

ssl._create_unverified_context()  #! MEDIUM HIGH
ssl.create_default_context()
