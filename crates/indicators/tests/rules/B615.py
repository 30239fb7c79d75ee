from datasets import load_dataset
from huggingface_hub import snapshot_download
from transformers import AutoModel

AutoModel.from_pretrained("a/b")  #! MEDIUM HIGH
AutoModel.from_pretrained("a/b", revision="main")  #! MEDIUM HIGH
load_dataset("a/b")  #! MEDIUM HIGH
snapshot_download("a/b", revision="")  #! MEDIUM HIGH
AutoModel.from_pretrained("a/b", revision="0123abc")
AutoModel.from_pretrained("a/b", revision=commit)
AutoModel.from_pretrained("./local")
load_dataset("/local")
other.from_pretrained("a/b")
