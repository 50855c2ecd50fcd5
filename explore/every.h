/* How large a share of states was taken, in words. */
#ifndef LG_EVERY_H
#define LG_EVERY_H

enum { LG_EVERY_MAX = 64 };

struct lg_every {
    char text[LG_EVERY_MAX]; /* "every cell", or "one cell in 97"; cut where it is too long */
};

struct lg_every lg_every(unsigned every, const char *noun);

#endif
