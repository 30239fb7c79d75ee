from xml.dom.expatbuilder import parse

parse(f)  #! MEDIUM HIGH
other(f)
