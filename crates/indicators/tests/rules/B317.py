import xml.sax

xml.sax.make_parser()  #! MEDIUM HIGH
xml.sax.handler()
