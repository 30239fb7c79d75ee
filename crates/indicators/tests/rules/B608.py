"SELECT a FROM %s WHERE" % table  #! MEDIUM LOW
cursor.execute("SELECT a FROM %s WHERE b" % table)  #! MEDIUM MEDIUM
cursor.execute("select a from " + table)  #! MEDIUM MEDIUM
cursor.execute("delete from {} where".format(table))  #! MEDIUM MEDIUM
cursor.execute("delete from X where".replace("X", table))  #! MEDIUM LOW
cursor.execute(f"INSERT INTO {table} VALUES (1)")  #! MEDIUM MEDIUM
query = (
    f"UPDATE {table} "  #! MEDIUM LOW
    f"SET a = {b}"
)
query = f"update {table} set {b}"  #! MEDIUM LOW
cursor.execute("SELECT a FROM b WHERE c = ?", (d,))
"selected %s from" % x
"Please select " + x + " from the list"  #! MEDIUM LOW
print("SELECT a FROM b WHERE")
"a" + "select x from y" + b  #! MEDIUM LOW
