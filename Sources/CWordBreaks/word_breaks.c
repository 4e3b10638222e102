#include "word_breaks.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>

lares_word_breaks *lares_word_breaks_open(void) {
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *breaks = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    return U_SUCCESS(status) ? (lares_word_breaks *)breaks : NULL;
}

void lares_word_breaks_close(lares_word_breaks *breaks) { ubrk_close((UBreakIterator *)breaks); }

int lares_word_breaks_find(lares_word_breaks *opened, const char *text, int64_t count, void *context, lares_word_found found) {
    UBreakIterator *breaks = (UBreakIterator *)opened;
    UErrorCode status = U_ZERO_ERROR;
    UText view = UTEXT_INITIALIZER;
    utext_openUTF8(&view, text, count, &status);
    if (U_SUCCESS(status)) ubrk_setUText(breaks, &view, &status);
    if (U_SUCCESS(status))
        for (int32_t from = ubrk_first(breaks), to; (to = ubrk_next(breaks)) != UBRK_DONE; from = to)
            if (ubrk_getRuleStatus(breaks) >= UBRK_WORD_NUMBER) found(context, from, to);
    utext_close(&view);
    return U_SUCCESS(status);
}
