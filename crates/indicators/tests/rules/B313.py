import xml.etree.cElementTree as tree

tree.parse(f)  #! MEDIUM HIGH
tree.dump(f)
