def f(version=ssl.PROTOCOL_SSLv2):  #! MEDIUM MEDIUM
    pass


def g(version=ssl.PROTOCOL_TLS):
    pass


def h(*, version=ssl.PROTOCOL_SSLv2):
    pass


async def i(version=ssl.PROTOCOL_SSLv2):
    pass
