// LaresStore
