import xmlrpc.client  #! HIGH HIGH
import defusedxml.xmlrpc
