// LaresLanguage
