import urllib.request
from urllib.request import urlopen as get

urllib.request.urlopen(url)  #! MEDIUM HIGH
get(url)  #! MEDIUM HIGH
urllib.parse.urlparse(url)
