from django.utils.safestring import SafeText, mark_safe

mark_safe("<b>")
mark_safe(compute())  #! MEDIUM HIGH
SafeText(f"{x}")  #! MEDIUM HIGH
mark_safe("<b>{}</b>".format("x"))
mark_safe("<b>%s</b>" % "x")
mark_safe("<b>%s</b>" % name)  #! MEDIUM HIGH
mark_safe("<b>{x}</b>".format(x="x"))  #! MEDIUM HIGH
mark_safe("<b>{}</b>".format(*["a", "b"]))


def given(text):
    return mark_safe(text)  #! MEDIUM HIGH


def fixed():
    text = "<b>"
    return mark_safe(text)


def formatted(flag):
    if flag:
        part = "a"
    else:
        part = "b"
    text = "<b>{}</b>".format(part)
    return mark_safe(text)


def mixed(flag):
    text = "<b>"
    if flag:
        text = compute()
    return mark_safe(text)  #! MEDIUM HIGH


def added(x):
    text = "<b>"
    text += x
    return mark_safe(text)  #! MEDIUM HIGH


def unpacked():
    a, b = "x", "y"
    return mark_safe(b)


def opened():
    with open(name) as text:
        pass
    return mark_safe(text)  #! MEDIUM HIGH


def tried():
    try:
        text = "a"
    except ValueError:
        text = "b"
    finally:
        pass
    return mark_safe(text)


def never():
    return mark_safe(elsewhere)  #! MEDIUM HIGH
