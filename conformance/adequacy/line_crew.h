/* Lines of standard input shared out among processes that know the same. */
#ifndef LG_LINE_CREW_H
#define LG_LINE_CREW_H

#include <stdbool.h>

typedef bool lg_crew_work(void *context, const char *line);

/* Each line of standard input is worked on by one of so many copies of this process; each line that
 * they print must be flushed at once. False: work or a process failed. */
bool lg_crew_run(unsigned count, lg_crew_work *work, void *context);

#endif
