connect(password="x")  #! LOW MEDIUM
connect(
    host="h",
    db_pass="x",  #! LOW MEDIUM
)
connect(password=read())
connect(passwords="x")
connect("x", **options)
