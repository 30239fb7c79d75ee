from xml.dom.pulldom import parseString

parseString(text)  #! MEDIUM HIGH
defusedxml.parseString(text)
