/* What lastgood diff is told. */
#ifndef LG_DIFF_OPTIONS_H
#define LG_DIFF_OPTIONS_H

#include "wsman_arguments.h"

enum { LG_DIFF_FILES_MAX = 64 };

struct lg_diff_options {
    struct lg_wsman_options wsman;
    enum lg_profile_id profile;
    unsigned seed;
    unsigned count;
    unsigned seconds; /* 0: no end */
    unsigned budget;  /* of target calls for one find; 0: nothing is shrunk */
    unsigned repeats;
    unsigned finds;
    const char *files[LG_DIFF_FILES_MAX];
    unsigned file_count;
    const char *out;
    const char *expected; /* NULL: nothing is */
    bool update;
};

/* Reads the command line: -1 to go on, with the two targets, or an exit code. */
int lg_diff_options_read(int argc, char **argv, struct lg_diff_options *options,
                         const char *targets[2]);

#endif
