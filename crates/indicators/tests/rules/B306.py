from tempfile import mktemp, mkstemp

mktemp()  #! MEDIUM HIGH
mkstemp()
