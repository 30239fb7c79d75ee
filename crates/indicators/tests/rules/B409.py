from xml.dom import pulldom  #! LOW HIGH
from defusedxml import pulldom
