from django.utils.safestring import mark_safe

mark_safe("<b>")  #! MEDIUM HIGH
other.mark_safe("<b>")
