objects.extra(where=[text])  #! MEDIUM MEDIUM
objects.extra(select={"a": text})  #! MEDIUM MEDIUM
objects.extra(select={name: "a"})  #! MEDIUM MEDIUM
objects.extra({"a": "b"}, text)  #! MEDIUM MEDIUM
objects.extra(tables=tables)  #! MEDIUM MEDIUM
objects.extra(where=["a = 1"], select={"a": "b"})
objects.extra(order_by=text)
objects.extra()
