import yaml
from yaml import SafeLoader

yaml.load(text)  #! MEDIUM HIGH
yaml.load(text, Loader=yaml.Loader)  #! MEDIUM HIGH
yaml.load(text, Loader=SafeLoader)
yaml.load(text, yaml.CSafeLoader)
yaml.safe_load(text)
json.load(text)
