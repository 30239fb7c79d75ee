import httpx
import requests

requests.get(url)  #! MEDIUM LOW
requests.post(url, timeout=None)  #! MEDIUM LOW
requests.get(url, timeout=compute())  #! MEDIUM LOW
httpx.get(url, timeout=None)  #! MEDIUM LOW
httpx.Client(timeout=None)  #! MEDIUM LOW
requests.get(url, timeout=5)
requests.get(url, timeout=seconds)
requests.get(url, timeout=0)
requests.Session()
httpx.get(url)
session.get(url)
