eval(text)  #! MEDIUM HIGH
model.eval()
ast.literal_eval(text)
