#ifndef LARES_WORD_BREAKS_H
#define LARES_WORD_BREAKS_H

#include <stdint.h>

// Word breaks of the system's ICU, without its headers: Foundation brings an ICU of its own, and Swift can't see the types of both.

typedef struct lares_word_breaks lares_word_breaks;
typedef void (*lares_word_found)(void *context, int64_t from, int64_t to);

/// Word breaks by Unicode annex 29, and by dictionary where words aren't spaced; NULL when ICU has none.
lares_word_breaks *lares_word_breaks_open(void);
void lares_word_breaks_close(lares_word_breaks *breaks);

/// Calls `found` for each stretch of the UTF-8 that holds a letter, a number or an ideograph; returns 0 when ICU fails.
int lares_word_breaks_find(lares_word_breaks *breaks, const char *text, int64_t count, void *context, lares_word_found found);

#endif
