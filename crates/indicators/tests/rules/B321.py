from ftplib import FTP, FTP_TLS

FTP(host)  #! HIGH HIGH
FTP_TLS(host)
