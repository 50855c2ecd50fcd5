/* lastgood-sim: the model as a process. */
#include "options.h"

int main(int argc, char **argv)
{
    return lg_sim_main(argc, argv, "lastgood-sim", NULL, 0, NULL);
}
