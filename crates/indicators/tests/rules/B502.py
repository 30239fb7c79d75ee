import ssl
from pyOpenSSL import SSL

ssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv3)  #! HIGH HIGH
SSL.Context(method=SSL.SSLv2_METHOD)  #! HIGH HIGH
other(
    ssl_version=ssl.PROTOCOL_TLSv1,  #! MEDIUM MEDIUM
)
other(method=SSL.TLSv1_1_METHOD)  #! MEDIUM MEDIUM
ssl.wrap_socket(ssl_version=ssl.PROTOCOL_TLS)
other(method="GET")
