import xml.etree.ElementTree as tree  #! LOW HIGH
from xml.etree.cElementTree import parse  #! LOW HIGH
from xml.etree import ElementTree  #! LOW HIGH
import xml.etree
