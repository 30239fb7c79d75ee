import marshal

marshal.loads(data)  #! MEDIUM HIGH
marshal.dumps(data)
