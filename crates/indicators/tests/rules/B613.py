fine = "a"
trick = "‮b⁦"  #! HIGH MEDIUM
again = "‮b"
