/* Explanations that another one still leads to. Of a job that nobody can tell the progress of, one
 * explanation is kept: that it goes on. */
#include <string.h>

#include "oracle_leaves.h"
#include "step.h"

enum { LEAVES_COMPARED_MAX = 64, WAYS_MAX = 24 };

static bool is_reading(const struct lg_draw *draw)
{
    return lg_sites[draw->site].scope == LG_SCOPE_READING;
}

/* Whether a leaf leaves a reading no alternative but these. */
static bool narrows(const struct lg_leaf *leaf, uint16_t slot, uint16_t alternatives)
{
    for (unsigned i = 0; i < leaf->count; i++)
        if ((leaf->bound >> i & 1) && leaf->draws[i].slot == slot)
            return (leaf->taken[i] & ~alternatives) == 0;
    return false;
}

/* What one rules out the other rules out as well. */
static bool binds_no_more(const struct lg_leaf *early, const struct lg_leaf *late)
{
    for (unsigned i = 0; i < early->count; i++)
        if ((early->bound >> i & 1) && !narrows(late, early->draws[i].slot, early->taken[i]))
            return false;
    return true;
}

/* The other takes the readings of the way from the one to it. */
static bool binds_the_way(const struct lg_tape *way, const struct lg_leaf *late)
{
    for (unsigned i = 0; i < way->count; i++)
        if (is_reading(&way->draws[i]) &&
            !narrows(late, way->draws[i].slot, (uint16_t)(1u << way->draws[i].alternative)))
            return false;
    return true;
}

/* The states and flags of a cell's jobs, which tell most cells of one call apart. */
static uint64_t job_states(const struct lg_cell *cell)
{
    uint64_t states = 0;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        states = states << 16 | (uint64_t)cell->jobs[i].state << 8 | cell->jobs[i].flags;
    return states;
}

/* The leaves of one call, and the cell that they all come from. */
struct comparison {
    struct lg_leaves *leaves;
    struct lg_element *elements;
    const struct lg_cell *before;
    const struct lg_call *call;
    const struct lg_tape *like;
    uint32_t left; /* leaves that are not gone */
};

static bool drop_equal(struct comparison *of, const struct lg_leaf *early,
                       const struct lg_cell *cell, const struct lg_tape *way)
{
    uint64_t states = job_states(cell);
    bool dropped = false;
    for (uint32_t i = 0; i < of->leaves->count; i++) {
        struct lg_leaf *late = &of->leaves->items[i];
        if (late->job_states != states || late == early || late->gone || early->tag > late->tag)
            continue;
        late->gone = lg_cell_equal(cell, &of->elements[late->element].cell) &&
                     binds_no_more(early, late) && binds_the_way(way, late);
        dropped |= late->gone;
        of->left -= late->gone;
    }
    return dropped;
}

static struct lg_job *first_live_job(struct lg_cell *cell)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS && cell->jobs[i].state != LG_JOB_FREE; i++)
        if (lg_job_is_live(&cell->jobs[i]))
            return &cell->jobs[i];
    return NULL;
}

/* The job was last known alive when the call before came: with those where it ended since then
 * dropped, it is again. */
static uint64_t last_alive(const struct lg_cell *before, const struct lg_job *job)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (before->jobs[i].state != LG_JOB_FREE && before->jobs[i].name == job->name)
            return before->jobs[i].ended_from;
    return job->ended_from;
}

/* Drops what one leaf leads to by its jobs going on. */
static void drop_after(struct comparison *of, const struct lg_leaf *early)
{
    struct lg_element *element = &of->elements[early->element];
    struct lg_cell wide = element->cell;
    struct lg_job *job = first_live_job(&wide);
    struct lg_tape way;
    bool ended = false;
    unsigned ways = 0;
    if (!job || of->left == 1)
        return;
    job->ended_from = last_alive(of->before, job);
    lg_tape_start(&way, of->like->profile, of->like->readings, NULL, 0);
    do {
        struct lg_cell cell = wide;
        struct lg_outcome outcome;
        struct lg_job evicted;
        struct lg_turn turn = {&cell, of->call, NULL, &way, &outcome, &evicted, 0, LG_ENDING_ANY};
        lg_step_progress(&turn);
        if (drop_equal(of, early, &cell, &way))
            ended |= !lg_job_is_live(&cell.jobs[job - wide.jobs]);
    } while (of->left > 1 && ++ways < WAYS_MAX && lg_tape_advance(&way));
    if (!ended || lg_cell_equal(&wide, &element->cell))
        return;
    element->cell = wide;
    element->hash = lg_cell_hash(&wide);
}

/* The least pleasant tag of what a leaf does beside its progress. */
static uint8_t tag_of(const struct lg_leaf *leaf)
{
    uint8_t tag = LG_TAG_CONFORMS;
    for (unsigned i = leaf->progressed; i < leaf->count; i++) {
        int alternative = lg_leaf_alternative(leaf, i);
        uint8_t own = LG_TAG_CONFORMS;
        if (alternative >= 0)
            own = (uint8_t)lg_slot_tag(leaf->draws[i].slot, (unsigned)alternative);
        if (own > tag)
            tag = own;
    }
    return tag;
}

static void describe(struct lg_leaf *leaf, const struct lg_element *elements)
{
    leaf->tag = tag_of(leaf);
    leaf->job_states = job_states(&elements[leaf->element].cell);
}

static bool has_a_job_going_on(const struct lg_leaf *leaf)
{
    for (unsigned i = 0; i < leaf->progressed; i++)
        if (leaf->draws[i].site == LG_SITE_job_progress)
            return leaf->draws[i].alternative == LG_ALT_job_progress_runs;
    return false;
}

static void drop_after_all(struct comparison *of, bool going_on)
{
    for (uint32_t i = 0; i < of->leaves->count; i++)
        if (!of->leaves->items[i].gone && has_a_job_going_on(&of->leaves->items[i]) == going_on)
            drop_after(of, &of->leaves->items[i]);
}

void lg_leaves_drop_later(struct lg_leaves *leaves, struct lg_element *elements,
                          const struct lg_cell *before, const struct lg_call *call,
                          const struct lg_tape *like)
{
    struct comparison of = {leaves, elements, before, call, like, leaves->count};
    uint32_t kept = 0;
    if (leaves->count > LEAVES_COMPARED_MAX)
        return;
    for (uint32_t i = 0; i < leaves->count; i++)
        describe(&leaves->items[i], elements);
    drop_after_all(&of, true);
    drop_after_all(&of, false);
    for (uint32_t i = 0; i < leaves->count; i++)
        if (!leaves->items[i].gone)
            leaves->items[kept++] = leaves->items[i];
    leaves->count = kept;
}
