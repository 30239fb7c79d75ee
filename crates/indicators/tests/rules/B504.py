import ssl

ssl.wrap_socket()  #! LOW MEDIUM
ssl.wrap_socket(
    ssl_version=choose(),  #! LOW MEDIUM
)
ssl.wrap_socket(ssl_version=ssl.PROTOCOL_TLS)
wrap_socket()
