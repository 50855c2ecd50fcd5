/* Interrupts. */
#include "interrupt.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t came;
static bool shielded;

static void note(int number)
{
    (void)number;
    came = 1;
}

void lg_interrupt_watch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    action.sa_flags = (int)SA_RESETHAND;
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a connection that breaks is told by its error */
}

bool lg_interrupted(void)
{
    return came && !shielded;
}

void lg_interrupt_shield(bool on)
{
    shielded = on;
}
