def f(x):
    assert x  #! LOW HIGH
    if not x:
        raise AssertionError
