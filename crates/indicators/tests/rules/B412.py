from wsgiref.handlers import CGIHandler  #! HIGH HIGH
from wsgiref.handlers import SimpleHandler
