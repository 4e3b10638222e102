// LaresServer
