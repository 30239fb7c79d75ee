from xml.dom.minidom import parse  #! LOW HIGH
from defusedxml.minidom import parse
