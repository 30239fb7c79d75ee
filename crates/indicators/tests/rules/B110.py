try:
    f()
except:  #! LOW HIGH
    pass
try:
    f()
except Exception as error:  #! LOW HIGH
    pass
try:
    f()
except ValueError:
    pass
try:
    f()
except Exception:
    ...
try:
    f()
except Exception:
    x = 1
    pass
