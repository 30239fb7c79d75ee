from mako import template
from mako.template import Template
from string import Template as Other

Template(text)  #! MEDIUM HIGH
template.Template(text)  #! MEDIUM HIGH
Other(text)
