exec("x = 1")  #! MEDIUM HIGH
executor.exec("x = 1")
cursor.execute("x = 1")
