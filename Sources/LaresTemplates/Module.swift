// LaresTemplates
