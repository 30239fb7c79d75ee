import pickle
from pickle import loads as read

pickle.load(f)  #! MEDIUM HIGH
read(data)  #! MEDIUM HIGH
pickle.dump(x, f)
unpickle.load(f)
