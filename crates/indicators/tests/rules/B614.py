import torch

torch.load(path)  #! MEDIUM HIGH
torch.load(path, weights_only=False)  #! MEDIUM HIGH
torch.load(path, weights_only=True)
torch.save(model, path)
