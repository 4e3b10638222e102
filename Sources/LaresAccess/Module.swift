// LaresAccess
