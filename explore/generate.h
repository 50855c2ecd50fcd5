/* Vectors of tier full from an exploration: every class of transitions is walked by at least one,
 * and what it led to is looked at. The same world gives the same files. */
#ifndef LG_GENERATE_H
#define LG_GENERATE_H

#include "classes.h"
#include "draft.h"
#include "pairs.h"
#include "script.h"

enum { LG_GENERATED_MAX = 4096 };

struct lg_generation {
    const struct lg_exploration *exploration;
    struct lg_classes *classes;
    struct lg_pairs *pairs; /* NULL: they are not counted */
    struct lg_names names;
    const char *folder;
    unsigned most;  /* vectors of pairs; 0: any number */
    unsigned depth; /* only classes that are at most so many calls away */
    unsigned vectors;
    unsigned kept;                  /* of them, whose files were there: those stay as they are */
    uint32_t ids[LG_GENERATED_MAX]; /* hashes of their calls */
    unsigned nodes;
    unsigned given_up;          /* classes whose scripts made no vector */
    unsigned longest;           /* steps of a vector */
    unsigned suffixes[3];       /* vectors by how they end: in full, lighter, in reads alone */
    struct lg_json_error fault; /* of a file that was there; an empty reason: none */
};

/* Writes the vectors of all classes that are not walked yet. Of a file that is there it counts what
 * that walks. False: a file cannot be written (errno), or one that is there is no such vector. */
bool lg_generate(struct lg_generation *generation, FILE *progress);

/* A number that the calls of a draft give it; and writing it, which counts. A file that is there
 * stays. False: errno. */
uint32_t lg_generation_hash(const struct lg_generation *generation, const struct lg_draft *draft);
bool lg_generation_write(struct lg_generation *generation, const struct lg_draft *draft);

#endif
