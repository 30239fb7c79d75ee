import xml.sax  #! LOW HIGH
from xml import sax  #! LOW HIGH
import xml
