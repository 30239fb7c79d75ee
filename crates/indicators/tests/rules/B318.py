from xml.dom import minidom

minidom.parseString(text)  #! MEDIUM HIGH
minidom.Document()
