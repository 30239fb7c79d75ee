import httpx
import requests

requests.get(url, verify=False)  #! HIGH HIGH
httpx.AsyncClient(
    verify=False,  #! HIGH HIGH
)
requests.get(url, verify=True)
requests.get(url, verify=path)
session.get(url, verify=False)
