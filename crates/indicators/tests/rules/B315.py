from xml.sax import expatreader

expatreader.create_parser()  #! MEDIUM HIGH
expatreader.other()
