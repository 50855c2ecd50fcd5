/* From classes to scripts, from scripts to vectors. */
#include "generate.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/progress.h"
#include "draft.h"
#include "pair_walk.h"
#include "suffix.h"

enum { PATH_BYTES = 1024 };

struct maker {
    struct lg_generation *generation;
    struct lg_draft draft;
    struct lg_script_step steps[LG_REPLAY_STEPS_MAX];
    unsigned step_count;
    struct lg_class *aim;
    const struct lg_step_back *example;
    unsigned aim_node;
    unsigned more_looks;
    enum lg_miss missed; /* by the last draft */
    lg_suffix *suffix;   /* NULL: the call that is meant is the last */
    struct lg_pair_walk *pairs;
    struct lg_vector kept; /* the file that makes the draft's calls already */
    bool met[LG_CLASSES_MAX];
};

/* ---- what a vector walks ---- */

/* Of the way to the call that is meant only pairs count: no look follows each step of it. */
static void mark_walked(void *context, unsigned node, const struct lg_call *call,
                        const struct lg_cell *before, const struct lg_outcome *outcome,
                        const struct lg_cell *after)
{
    struct maker *maker = context;
    struct lg_classes *classes = maker->generation->classes;
    struct lg_class_key key = lg_class_of(call, before, outcome, after);
    const struct lg_class *class = node < maker->aim_node ? NULL : lg_classes_find(classes, &key);
    if (class)
        maker->met[class - classes->items] = true;
    if (maker->pairs)
        lg_pair_walk_step(maker->pairs, node, call, before, outcome, after);
}

static void commit(struct maker *maker)
{
    struct lg_classes *classes = maker->generation->classes;
    for (unsigned i = 0; i < classes->count; i++)
        classes->items[i].walked |= maker->met[i];
    if (maker->pairs)
        lg_pair_walk_commit(maker->pairs);
}

/* ---- the script ---- */

static bool is_by_job(const struct lg_script_step *step)
{
    return step->seen.answer == LG_ANSWERS_JOB;
}

/* One step of the way: only what was seen goes on. */
static bool add_on_the_way(struct maker *maker, const struct lg_script_step *step)
{
    struct lg_draft *draft = &maker->draft;
    int node = lg_draft_add(draft, &step->call, is_by_job(step));
    if (node < 0)
        return false;
    int edge = 0;
    if (draft->vector.nodes[node].edge_count > 0) {
        edge = lg_draft_edge(draft, (unsigned)node, &step->seen);
        if (edge >= 0)
            lg_draft_keep_only(draft, (unsigned)node, (unsigned)edge);
    }
    lg_draft_go_on(draft, (unsigned)node);
    return edge >= 0;
}

static enum lg_miss add_aim(struct maker *maker, const struct lg_script_step *step)
{
    struct lg_draft *draft = &maker->draft;
    draft->aim = &maker->aim->key;
    int node = lg_draft_add(draft, &step->call, is_by_job(step));
    bool met = draft->aim_met;
    draft->aim = NULL;
    if (draft->full)
        return LG_MISS_ROOM;
    if (node < 0 || !met)
        return LG_MISS_AIM;
    maker->aim_node = (unsigned)node;
    if (maker->suffix && !lg_suffix_add(draft, (unsigned)node, maker->suffix))
        return LG_MISS_ROOM;
    return LG_MISS_UNTRIED;
}

/* ---- its name ---- */

uint32_t lg_generation_hash(const struct lg_generation *generation, const struct lg_draft *draft)
{
    uint32_t hash = 2166136261u;
    for (unsigned i = 0; i < draft->vector.node_count; i++) {
        json_t *call = lg_call_to_json(&draft->vector.nodes[i].call, &generation->names);
        char *text = json_dumps(call, JSON_COMPACT);
        for (const char *at = text; at && *at; at++)
            hash = (hash ^ (unsigned char)*at) * 16777619u;
        free(text);
        json_decref(call);
    }
    return hash;
}

/* "SetKeyProtector" becomes "set-key-protector". */
static void write_kebab(const char *name, char *text, size_t size)
{
    size_t length = 0;
    for (; *name && length + 2 < size; name++) {
        if (isupper((unsigned char)*name) && length)
            text[length++] = '-';
        text[length++] = (char)tolower((unsigned char)*name);
    }
    text[length] = '\0';
}

static const char *const vm_words[] = {"none", "off", "running", "paused", "saved"};
static const char *const vm_phrases[] = {"where there is no VM", "of a VM that is off",
                                         "of a running VM", "of a paused VM", "of a saved VM"};

static void name_vector(struct maker *maker)
{
    struct lg_vector *vector = &maker->draft.vector;
    const struct lg_class_key *key = &maker->aim->key;
    const struct lg_method_row *row = &lg_methods[key->method];
    char method[40];
    write_kebab(row->name, method, sizeof method);
    snprintf(vector->id, sizeof vector->id, "full-%s-%s-%08x", method, vm_words[key->vm],
             lg_generation_hash(maker->generation, &maker->draft));
    snprintf(vector->title, sizeof vector->title,
             "%s.%s %s, after %u steps: every answer, and what "
             "it leaves behind",
             row->class_name, row->name, vm_phrases[key->vm], maker->step_count - 1);
    vector->clauses[0] = key->clause ? key->clause : (uint16_t)LG_CLAUSE_event_applied;
    vector->clause_count = 1;
}

static void write_path(const struct lg_generation *generation, const struct lg_draft *draft,
                       char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "%.800s/%s.json", generation->folder, draft->vector.id);
}

static void count_vector(struct lg_generation *generation, const struct lg_draft *draft)
{
    lg_assert(generation->vectors < LG_GENERATED_MAX);
    generation->ids[generation->vectors++] = lg_generation_hash(generation, draft);
    generation->nodes += draft->vector.node_count;
    if (draft->vector.node_count > generation->longest)
        generation->longest = draft->vector.node_count;
}

bool lg_generation_write(struct lg_generation *generation, const struct lg_draft *draft)
{
    char path[PATH_BYTES];
    write_path(generation, draft, path);
    FILE *file = fopen(path, "wx");
    if (!file && errno != EEXIST)
        return false;
    count_vector(generation, draft);
    if (!file) {
        generation->kept++;
        return true;
    }
    bool written = lg_draft_write(draft, file);
    return fclose(file) == 0 && written;
}

/* ---- all of them ---- */

static bool make_script(struct maker *maker)
{
    return lg_script_to(maker->generation->exploration, maker->example->from, maker->example, 1,
                        maker->steps, &maker->step_count);
}

static bool asks_jobs(const struct maker *maker)
{
    for (unsigned i = 0; i < maker->step_count; i++) {
        uint8_t method = maker->steps[i].call.method;
        if (lg_methods[method].target == LG_TARGET_JOB || method == LG_CALL_LIST_JOBS)
            return true;
    }
    return false;
}

static enum lg_miss add_way(struct maker *maker)
{
    bool added = lg_draft_begin(&maker->draft, &maker->steps[0].call);
    for (unsigned i = 0; added && i + 1 < maker->step_count; i++)
        added = add_on_the_way(maker, &maker->steps[i]);
    if (added)
        return LG_MISS_UNTRIED;
    return maker->draft.full ? LG_MISS_ROOM : LG_MISS_WAY;
}

static void watch_vector(struct maker *maker, const struct lg_vector *vector)
{
    struct lg_generation *generation = maker->generation;
    lg_pair_walk_free(maker->pairs);
    maker->pairs = NULL;
    if (generation->pairs)
        maker->pairs = lg_pair_walk_new(generation->pairs, &generation->exploration->world, vector,
                                        &maker->draft.names);
    memset(maker->met, 0, sizeof maker->met);
}

static enum lg_miss met_or(const struct maker *maker, enum lg_miss miss)
{
    bool met = maker->met[maker->aim - maker->generation->classes->items];
    return met ? LG_MISS_UNTRIED : miss;
}

static enum lg_miss finish(struct maker *maker)
{
    struct lg_draft *draft = &maker->draft;
    struct lg_agree_watch watch = {maker, mark_walked, NULL};
    watch_vector(maker, &draft->vector);
    draft->watch = &watch;
    bool finished = lg_draft_finish(draft);
    draft->watch = NULL;
    if (!finished)
        return LG_MISS_ROOM;
    return met_or(maker, LG_MISS_AIM);
}

static enum lg_miss make_draft(struct maker *maker)
{
    enum lg_miss miss = add_way(maker);
    if (miss == LG_MISS_UNTRIED)
        miss = add_aim(maker, &maker->steps[maker->step_count - 1]);
    return miss == LG_MISS_UNTRIED ? finish(maker) : miss;
}

static bool is_taken(const struct lg_generation *generation, const struct lg_draft *draft)
{
    uint32_t id = lg_generation_hash(generation, draft);
    for (unsigned i = 0; i < generation->vectors; i++)
        if (generation->ids[i] == id)
            return true;
    return false;
}

/* ---- what is there already ---- */

static bool is_there(const struct lg_generation *generation, const struct lg_draft *draft)
{
    char path[PATH_BYTES];
    write_path(generation, draft, path);
    FILE *file = fopen(path, "r");
    return file && fclose(file) == 0;
}

/* A file of the draft's name makes the same calls; only what it allows itself counts. */
static enum lg_miss walk_kept(struct maker *maker)
{
    struct lg_generation *generation = maker->generation;
    struct lg_agree_watch watch = {maker, mark_walked, NULL};
    struct lg_agreement agreement;
    char path[PATH_BYTES];
    write_path(generation, &maker->draft, path);
    if (!lg_vector_load(&maker->kept, path, generation->names.blobs, &generation->fault))
        return LG_MISS_COUNT;
    watch_vector(maker, &maker->kept);
    if (lg_agree_watched(&maker->kept, LG_PROFILE_documented, &maker->draft.names, &watch,
                         &agreement) &&
        !agreement.bound_hit && !agreement.missing && !agreement.spurious)
        return met_or(maker, LG_MISS_ID);
    lg_json_fail(&generation->fault, "%s does not agree with the model", path);
    return LG_MISS_COUNT;
}

/* ---- a vector of each class ---- */

enum making { MADE, NONE_MADE, NOT_WRITTEN };

static enum making put(struct maker *maker, enum lg_miss *miss)
{
    struct lg_generation *generation = maker->generation;
    if (is_there(generation, &maker->draft))
        *miss = walk_kept(maker);
    if (*miss == LG_MISS_COUNT)
        return NOT_WRITTEN;
    commit(maker);
    if (!lg_generation_write(generation, &maker->draft))
        return NOT_WRITTEN;
    return *miss == LG_MISS_UNTRIED ? MADE : NONE_MADE;
}

static enum making make_vector(struct maker *maker)
{
    struct lg_generation *generation = maker->generation;
    enum making making = NONE_MADE;
    enum lg_miss miss = LG_MISS_ROOM;
    maker->pairs = NULL;
    if (make_script(maker) && lg_draft_init(&maker->draft, &generation->names, asks_jobs(maker))) {
        maker->draft.more_looks = maker->more_looks;
        miss = make_draft(maker);
        name_vector(maker);
        if (miss == LG_MISS_UNTRIED && is_taken(generation, &maker->draft))
            miss = LG_MISS_ID;
        if (miss == LG_MISS_UNTRIED)
            making = put(maker, &miss);
    }
    maker->missed = miss;
    if (miss > maker->aim->missed)
        maker->aim->missed = (uint8_t)miss;
    lg_pair_walk_free(maker->pairs);
    lg_vector_free(&maker->kept);
    lg_draft_free(&maker->draft);
    return making;
}

/* How many steps of the model it takes to come to the call that is meant; ULONG_MAX where it does
 * not come there. */
static unsigned long weight_of(struct maker *maker)
{
    unsigned long weight = ULONG_MAX;
    enum lg_miss miss = LG_MISS_ROOM;
    maker->suffix = NULL;
    if (make_script(maker) &&
        lg_draft_init(&maker->draft, &maker->generation->names, asks_jobs(maker))) {
        miss = add_way(maker);
        if (miss == LG_MISS_UNTRIED)
            miss = add_aim(maker, &maker->steps[maker->step_count - 1]);
        if (miss == LG_MISS_UNTRIED)
            weight = maker->draft.heaviest;
    }
    lg_draft_free(&maker->draft);
    if (miss > maker->aim->missed)
        maker->aim->missed = (uint8_t)miss;
    return weight;
}

static const struct lg_step_back *lightest(struct maker *maker)
{
    const struct lg_step_back *best = NULL;
    unsigned long least = ULONG_MAX;
    for (unsigned i = 1; i < maker->aim->example_count; i++) {
        maker->example = &maker->aim->examples[i];
        unsigned long weight = weight_of(maker);
        if (weight >= least)
            continue;
        least = weight;
        best = maker->example;
    }
    return best;
}

/* From the heaviest suffix that fits on. */
static enum making make_with_suffix(struct maker *maker)
{
    static lg_suffix *const suffixes[] = {lg_suffix_whole, lg_suffix_lighter, lg_suffix_looks};
    enum making making = NONE_MADE;
    for (size_t i = 0; making == NONE_MADE && i < sizeof suffixes / sizeof *suffixes; i++) {
        unsigned before = maker->generation->vectors;
        maker->suffix = suffixes[i];
        maker->more_looks = 0;
        making = make_vector(maker);
        while (maker->missed == LG_MISS_ID && maker->more_looks++ < LG_MORE_LOOKS)
            making = make_vector(maker);
        maker->generation->suffixes[i] += maker->generation->vectors - before;
        if (maker->missed < LG_MISS_ID)
            break;
    }
    return making;
}

/* The first of the class's examples; where that makes no vector, the one with the fewest histories.
 */
static bool make_one(struct maker *maker)
{
    maker->example = &maker->aim->examples[0];
    enum making making = make_with_suffix(maker);
    if (making == NONE_MADE) {
        maker->example = lightest(maker);
        if (maker->example)
            making = make_with_suffix(maker);
    }
    maker->generation->given_up += making == NONE_MADE;
    return making != NOT_WRITTEN;
}

/* The shortest first: a script of few steps has few histories. */
static int compare(const void *a, const void *b)
{
    const struct lg_class *const *left = a;
    const struct lg_class *const *right = b;
    if ((*left)->depth != (*right)->depth)
        return (*left)->depth - (*right)->depth;
    return *left < *right ? -1 : *left > *right;
}

static bool make_all(struct maker *maker, struct lg_class **order, FILE *progress)
{
    struct lg_generation *generation = maker->generation;
    for (unsigned i = 0; i < generation->classes->count; i++) {
        maker->aim = order[i];
        if (maker->aim->depth > generation->depth)
            break;
        if (!maker->aim->walked && !make_one(maker))
            return false;
        if (i % 64 == 0)
            lg_progress_show(progress, "generate: %u of %u classes, %u vectors, %u given up", i,
                             generation->classes->count, generation->vectors, generation->given_up);
    }
    return true;
}

bool lg_generate(struct lg_generation *generation, FILE *progress)
{
    unsigned count = generation->classes->count;
    struct lg_class **order = calloc(count + 1, sizeof *order);
    struct maker *maker = calloc(1, sizeof *maker);
    bool made = order && maker;
    for (unsigned i = 0; made && i < count; i++)
        order[i] = &generation->classes->items[i];
    if (made) {
        qsort(order, count, sizeof *order, compare);
        maker->generation = generation;
        made = make_all(maker, order, progress);
    }
    free(maker);
    free(order);
    return made;
}
