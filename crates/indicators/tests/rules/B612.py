import logging.config

logging.config.listen(9999)  #! MEDIUM HIGH
logging.config.listen(9999, verify=check)
logging.config.dictConfig(x)
