import jinja2
from jinja2 import Environment, select_autoescape

Environment()  #! HIGH HIGH
Environment(autoescape=False)  #! HIGH HIGH
jinja2.Environment(loader=x, autoescape=choose)  #! HIGH MEDIUM
Environment(autoescape=True)
Environment(autoescape=select_autoescape())
Environment(autoescape=jinja2.select_autoescape(["html"]))
Environment(loader=Loader(autoescape=True))
jinja2.Template(text)
