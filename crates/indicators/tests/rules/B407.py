from xml.dom import expatbuilder  #! LOW HIGH
from xml.dom import registerDOMImplementation
