for x in y:
    try:
        f()
    except Exception:  #! LOW HIGH
        continue
    try:
        f()
    except (KeyError, Exception):
        continue
    try:
        f()
    except Exception:
        break
