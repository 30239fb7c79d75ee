from ftplib import FTP  #! HIGH HIGH
import ftputil
