// LaresTensor
