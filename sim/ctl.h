/* The command line of the control channel: lastgood-sim ctl. */
#ifndef LG_CTL_H
#define LG_CTL_H

/* argv[0] is "ctl". Returns the exit code: 0 done, 1 the simulator refused it, 3 it cannot be
 * reached, 64 usage. */
int lg_ctl_main(int argc, char **argv, const char *program);

#endif
