/* Makes scripts: a seed gives the same ones each time. The model is stepped along, and of several
 * calls that could come next the one is taken whose transition was seen least. */
#ifndef LG_SCRIPT_MAKER_H
#define LG_SCRIPT_MAKER_H

#include "script.h"

enum { LG_MAKER_VMS = 4, LG_MAKER_FEATURES = 1 << 20 };

struct lg_script_maker {
    struct lg_profile profile;
    struct lg_readings readings;
    uint64_t random;
    unsigned capabilities;             /* of every target that will run the scripts */
    uint32_t weights[LG_METHOD_COUNT]; /* how often a method is proposed */
    uint16_t seen[LG_MAKER_FEATURES];  /* how often a transition was taken, by its hash */
    uint64_t transitions;              /* different ones that were taken */
    uint64_t made;                     /* scripts */
    unsigned length_max;               /* of one script without its reads at the end */
};

void lg_script_maker_init(struct lg_script_maker *maker, uint64_t seed, unsigned capabilities);

/* Makes the next script. They grow from a few calls to length_max. */
void lg_script_make(struct lg_script_maker *maker, struct lg_script *script);

/* Targets differed at this method: more of it. */
void lg_script_maker_differed(struct lg_script_maker *maker, uint8_t method);

#endif
