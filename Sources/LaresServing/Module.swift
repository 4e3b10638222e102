// LaresServing
