from pysnmp.hlapi import CommunityData

CommunityData("public", mpModel=0)  #! MEDIUM HIGH
CommunityData("public", mpModel=1)  #! MEDIUM HIGH
CommunityData("public", mpModel=2)
CommunityData("public")
