import flask
from markupsafe import Markup

Markup(text)  #! MEDIUM HIGH
flask.Markup(f"<b>{text}")  #! MEDIUM HIGH
Markup("<b>")
Markup()
other.Markup(text)
