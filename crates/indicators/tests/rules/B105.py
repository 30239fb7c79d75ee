password = "secret"  #! LOW MEDIUM
self.user_token = "secret"  #! LOW MEDIUM
first = SECRETE = "x"  #! LOW MEDIUM
config = {
    "password": "hunter2",  #! LOW MEDIUM
    "db_pwd": None,  #! LOW MEDIUM
    "token": read(),
    "passwordless": "yes",
}
config["pass"] = "x"  #! LOW MEDIUM
config["pass"] = read()
if passphrase == "x":  #! LOW MEDIUM
    pass
if user.password == "x":  #! LOW MEDIUM
    pass
if "x" == password:
    pass
password: str = "annotated"
password = f"computed"
tokens = "several"
password = b"bytes"
