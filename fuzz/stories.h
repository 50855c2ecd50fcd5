/* What clients do in a row: short sequences of calls that belong together, put into scripts at once
 * because single changes would seldom bring them together. */
#ifndef LG_FUZZ_STORIES_H
#define LG_FUZZ_STORIES_H

#include <stddef.h>
#include <stdint.h>

#include "model/lastgood.h"

enum { LG_STORY_MAX = 11, LG_STORY_COUNT = 19, LG_STORY_OTHER_VM = 1 };

/* What a call of a story leaves to chance. */
enum lg_story_draw {
    LG_DRAWS_PROTECTOR = 1, /* one of the usable ones */
    LG_DRAWS_BYTES = 2,     /* any bytes, also those that are none */
    LG_DRAWS_NEXT = 4,      /* those of the call before, or the material behind them */
    LG_DRAWS_REQUEST = 8,
    LG_DRAWS_TIME = 16,
    LG_DRAWS_READ = 32, /* which instance is read, or the protector */
    LG_DRAWS_ROLE = 64,
    LG_DRAWS_SETTINGS = 128
};

struct lg_story_call {
    uint8_t method;
    uint8_t draws;     /* of enum lg_story_draw */
    uint8_t requested; /* if it is not drawn */
    uint8_t other_vm;  /* LG_STORY_OTHER_VM: of the next VM */
};

struct lg_story {
    uint8_t count;
    struct lg_story_call calls[LG_STORY_MAX];
};
extern const struct lg_story lg_stories[LG_STORY_COUNT];

#endif
