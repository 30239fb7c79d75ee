import tarfile

tar = tarfile.open(name)
tar.extractall()  #! HIGH HIGH
tar.extractall(filter="fully_trusted")  #! HIGH HIGH
tar.extractall(members=chosen(tar))  #! LOW LOW
tar.extractall(members=chosen)  #! MEDIUM MEDIUM
tar.extractall(members=[x])  #! MEDIUM MEDIUM
tar.extractall(filter="data")
tar.extractall(members=self.chosen(tar))
tar.extract(name)
