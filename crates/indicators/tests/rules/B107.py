def connect(host, password="x"):  #! LOW MEDIUM
    pass


@decorated
def decorated_connect(  #! LOW MEDIUM
    token="x",
):
    pass


def optional(password=None, *, pwd="keyword only"):
    pass


async def unseen(password="x"):
    pass


def shifted(a, b="x", /, token=None):  #! LOW MEDIUM
    pass
