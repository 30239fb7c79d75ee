import xml.etree.ElementTree as tree
from xml import etree

tree.fromstring(text)  #! MEDIUM HIGH
etree.ElementTree.parse(f)  #! MEDIUM HIGH
tree.tostring(x)
