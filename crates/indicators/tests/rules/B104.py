HOST = "0.0.0.0"  #! MEDIUM MEDIUM
bind(f"0.0.0.0{port}")  #! MEDIUM MEDIUM
bind("127.0.0.1")
bind("0.0.0.0:80")
"0.0.0.0"
bind(b"0.0.0.0")
