/* Interrupts: a run that changes a host ends in good order. */
#ifndef LG_INTERRUPT_H
#define LG_INTERRUPT_H

#include <stdbool.h>

/* From here on the first SIGINT, SIGTERM or SIGHUP only sets a mark; a second one ends the program.
 */
void lg_interrupt_watch(void);

/* Whether one came since. */
bool lg_interrupted(void);

/* While work is being undone the mark is not seen. */
void lg_interrupt_shield(bool on);

#endif
