import random
import secrets

random.choice(x)  #! LOW HIGH
random.Random()  #! LOW HIGH
random.shuffle(x)
random.SystemRandom()
secrets.choice(x)
