/* The line of a terminal that shows how far a run is. */
#include "progress.h"

#include <stdarg.h>
#include <unistd.h>

#define CLEAR_LINE "\r\033[K"

FILE *lg_progress_to(bool is_wanted)
{
    return is_wanted && isatty(STDERR_FILENO) ? stderr : NULL;
}

void lg_progress_show(FILE *terminal, const char *format, ...)
{
    if (!terminal)
        return;
    va_list values;
    va_start(values, format);
    fputs(CLEAR_LINE, terminal);
    vfprintf(terminal, format, values);
    va_end(values);
    fflush(terminal);
}

void lg_progress_end(FILE *terminal)
{
    if (terminal)
        fputs(CLEAR_LINE, terminal);
}
