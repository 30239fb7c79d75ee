open("/tmp/file")  #! MEDIUM MEDIUM
open(f"/var/tmp/{name}")  #! MEDIUM MEDIUM
open("/dev/shm")  #! MEDIUM MEDIUM
open("tmp/file")
open("/home/tmp/file")


def documented():
    "/tmp is not used"
