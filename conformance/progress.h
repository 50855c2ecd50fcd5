/* How far a long run is: one line of a terminal, written over and over. */
#ifndef LG_PROGRESS_H
#define LG_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

/* stderr, if it is a terminal and progress is wanted; NULL otherwise, which the others take for
 * "show nothing". */
FILE *lg_progress_to(bool is_wanted);

void lg_progress_show(FILE *terminal, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Takes the line away, for what comes next. */
void lg_progress_end(FILE *terminal);

#endif
