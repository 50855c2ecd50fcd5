/* From pairs of groups to scripts, from scripts to vectors. */
#include "pair_vectors.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/progress.h"
#include "departures.h"
#include "model/bits.h"
#include "pair_walk.h"
#include "suffix.h"

enum {
    STEPS_MAX = 54,     /* of a script, before it looks back */
    JOBS_MAX = 14,      /* that a script may name */
    WEIGHT_MAX = 1500,  /* steps of the model for one call: more histories are too many */
    LIGHT = 60,         /* so many, and the end may be a restore, too */
    DEAD_ENDS_MAX = 64, /* edges of the world that a script could not take */
    TOO_HEAVY_MAX = 3,  /* calls in one place that were */
    TRIES_MAX = 4,
    PROGRESS_EVERY = 10
};

struct maker {
    struct lg_generation *generation;
    struct lg_pairs *pairs;
    struct lg_pair_graph *graph;
    struct lg_pair_reasons *reasons;
    struct lg_departures departures;
    struct lg_position here;
    struct lg_draft draft;
    struct lg_script_step steps[STEPS_MAX];
    unsigned step_count;
    unsigned dead_ends;
    uint64_t wanted[LG_GROUPS_MAX][LG_GROUP_WORDS];  /* pairs, as far as the script goes */
    uint64_t planned[LG_GROUPS_MAX][LG_GROUP_WORDS]; /* those that the script means to walk */
    uint32_t first_goal;                             /* edge that it was begun for */
    bool was_heavy;                                  /* its end */
    struct lg_pair_walk *walk;
};

static unsigned count_common(const uint64_t *a, const uint64_t *b)
{
    unsigned count = 0;
    for (unsigned i = 0; i < LG_GROUP_WORDS; i++)
        count += lg_bits_count(a[i] & b[i]);
    return count;
}

/* ---- where to go ---- */

static bool may_take(const struct maker *maker, const struct lg_departure *departure)
{
    return !departure->barred && !(departure->by_job && maker->here.jobs >= JOBS_MAX);
}

/* What a call makes at once, then what may come after it. */
static unsigned gain_of(const struct maker *maker, const struct lg_departure *departure)
{
    unsigned now = 0;
    if (maker->here.group != LG_NO_GROUP)
        now = count_common(maker->wanted[maker->here.group],
                           maker->departures.groups[departure->call]);
    unsigned later = count_common(maker->wanted[departure->group],
                                  lg_pair_graph_out(maker->graph, departure->to));
    return now ? 64 * now + (later < 63 ? later : 63) : 0;
}

static struct lg_departure *best_departure(struct maker *maker)
{
    struct lg_departure *best = NULL;
    unsigned most = 0;
    for (unsigned i = 0; i < maker->departures.count; i++) {
        struct lg_departure *departure = &maker->departures.items[i];
        unsigned gain = may_take(maker, departure) ? gain_of(maker, departure) : 0;
        if (gain <= most)
            continue;
        most = gain;
        best = departure;
    }
    return best;
}

static struct lg_departure *departure_along(struct maker *maker, const struct lg_pair_edge *edge)
{
    for (unsigned i = 0; i < maker->departures.count; i++) {
        struct lg_departure *departure = &maker->departures.items[i];
        if (departure->call == edge->call && departure->to == edge->to &&
            departure->group == edge->group && may_take(maker, departure))
            return departure;
    }
    return NULL;
}

/* The next step to where a pair can be made. Edges that cannot be taken here are blocked. */
static struct lg_departure *departure_to_goal(struct maker *maker)
{
    while (maker->dead_ends < DEAD_ENDS_MAX) {
        uint32_t goal;
        uint32_t edge = lg_pair_graph_way(maker->graph, maker->here.state, maker->wanted[0], &goal);
        if (edge == LG_NO_EDGE)
            return NULL;
        if (maker->first_goal == LG_NO_EDGE)
            maker->first_goal = goal;
        struct lg_departure *departure = departure_along(maker, &maker->graph->edges[edge]);
        if (!departure || edge == goal) /* it is no goal once more */
            lg_pair_graph_block(maker->graph, edge);
        if (departure)
            return departure;
        maker->dead_ends++;
    }
    return NULL;
}

/* ---- one step ---- */

static bool add_step(struct lg_draft *draft, const struct lg_script_step *step)
{
    draft->heaviest = 0;
    int node = lg_draft_add(draft, &step->call, true);
    if (node < 0 || draft->heaviest > WEIGHT_MAX)
        return false;
    int edge = 0;
    if (draft->vector.nodes[node].edge_count > 0) {
        edge = lg_draft_edge(draft, (unsigned)node, &step->seen);
        if (edge < 0)
            return false;
        lg_draft_keep_only(draft, (unsigned)node, (unsigned)edge);
    }
    if (step->seen.answer != LG_ANSWERS_JOB)
        draft->vector.nodes[node].call.new_job = 0;
    lg_draft_go_on(draft, (unsigned)node);
    return true;
}

static void plan_pairs(struct maker *maker, const struct lg_departure *departure)
{
    if (maker->here.group == LG_NO_GROUP)
        return;
    uint64_t *wanted = maker->wanted[maker->here.group];
    uint64_t *planned = maker->planned[maker->here.group];
    for (unsigned i = 0; i < LG_GROUP_WORDS; i++) {
        planned[i] |= wanted[i] & maker->departures.groups[departure->call][i];
        wanted[i] &= ~maker->departures.groups[departure->call][i];
    }
}

static void bar(struct maker *maker, const struct lg_departure *departure, bool whole_call)
{
    for (unsigned i = 0; i < maker->departures.count; i++) {
        struct lg_departure *other = &maker->departures.items[i];
        other->barred |= other == departure || (whole_call && other->call == departure->call);
    }
}

static bool try_departure(struct maker *maker, const struct lg_departure *departure)
{
    struct lg_position next = maker->here;
    struct lg_script_step step;
    lg_departures_take(&maker->departures, &next, departure, &step);
    if (maker->draft.vector.node_count == 0 && !lg_draft_begin(&maker->draft, &step.call))
        return false;
    unsigned nodes = maker->draft.vector.node_count;
    if (!add_step(&maker->draft, &step)) {
        while (maker->draft.vector.node_count > nodes)
            lg_draft_drop(&maker->draft);
        return false;
    }
    plan_pairs(maker, departure);
    maker->here = next;
    maker->steps[maker->step_count++] = step;
    return true;
}

/* False: the script ends here. */
static bool go(struct maker *maker)
{
    struct lg_departure *departure;
    unsigned too_heavy = 0;
    lg_departures_find(&maker->departures, &maker->here);
    while ((departure = best_departure(maker)) || (departure = departure_to_goal(maker))) {
        if (try_departure(maker, departure))
            return true;
        bool heavy = maker->draft.heaviest > WEIGHT_MAX;
        too_heavy += heavy;
        maker->was_heavy |= heavy;
        if (maker->draft.full || too_heavy == TOO_HEAVY_MAX)
            return false;
        bar(maker, departure, heavy);
    }
    return false;
}

/* ---- a vector ---- */

static void mark_walked(void *context, unsigned node, const struct lg_call *call,
                        const struct lg_cell *before, const struct lg_outcome *outcome,
                        const struct lg_cell *after)
{
    struct maker *maker = context;
    lg_pair_walk_step(maker->walk, node, call, before, outcome, after);
}

static bool add_suffix(struct maker *maker, lg_suffix *suffix)
{
    struct lg_draft *draft = &maker->draft;
    lg_draft_free(draft);
    if (!lg_draft_init(draft, &maker->generation->names, true))
        return false;
    if (maker->step_count > 0 && !lg_draft_begin(draft, &maker->steps[0].call))
        return false;
    for (unsigned i = 0; i < maker->step_count; i++)
        if (!add_step(draft, &maker->steps[i]))
            return false;
    return suffix(draft);
}

static bool finish(struct maker *maker)
{
    struct lg_generation *generation = maker->generation;
    struct lg_draft *draft = &maker->draft;
    struct lg_agree_watch watch = {maker, mark_walked, NULL};
    maker->walk = lg_pair_walk_new(maker->pairs, &generation->exploration->world, &draft->vector,
                                   &draft->names);
    draft->watch = &watch;
    bool finished = maker->walk && lg_draft_finish(draft);
    draft->watch = NULL;
    if (finished)
        lg_pair_walk_commit(maker->walk);
    lg_pair_walk_free(maker->walk);
    maker->walk = NULL;
    return finished;
}

static void name_vector(struct maker *maker)
{
    struct lg_vector *vector = &maker->draft.vector;
    snprintf(vector->id, sizeof vector->id, "pairs-%08x",
             lg_generation_hash(maker->generation, &maker->draft));
    snprintf(vector->title, sizeof vector->title,
             "A walk of %u steps: calls that follow each other, and what they leave behind",
             maker->step_count);
    vector->clauses[0] = LG_CLAUSE_event_applied;
    vector->clause_count = 1;
}

/* From the heaviest suffix that fits on. False: none does. */
static bool make_vector(struct maker *maker)
{
    static lg_suffix *const suffixes[] = {lg_suffix_whole, lg_suffix_lighter, lg_suffix_looks};
    for (size_t i = maker->draft.heaviest > LIGHT ? 2 : 0; i < sizeof suffixes / sizeof *suffixes;
         i++)
        if (add_suffix(maker, suffixes[i]) && finish(maker)) {
            maker->generation->suffixes[i]++;
            name_vector(maker);
            return true;
        }
    return false;
}

/* ---- all of them ---- */

static void list_wanted(struct maker *maker)
{
    memset(maker->wanted, 0, sizeof maker->wanted);
    memset(maker->planned, 0, sizeof maker->planned);
    for (unsigned i = 0; i < maker->pairs->group_count; i++)
        for (unsigned j = 0; j < maker->pairs->group_count; j++)
            if (lg_pairs_missing(maker->pairs, i, j) && !maker->reasons->missed[i][j])
                lg_bits_add(maker->wanted[i], j);
}

static void note_try(struct maker *maker, unsigned first, unsigned second, enum lg_miss why)
{
    if (lg_pairs_missing(maker->pairs, first, second) &&
        ++maker->reasons->tries[first][second] >= TRIES_MAX)
        maker->reasons->missed[first][second] = (uint8_t)why;
}

/* Pairs that the script was for, and that it does not walk. */
static void note_missed(struct maker *maker)
{
    const struct lg_pair_edge *goal = &maker->graph->edges[maker->first_goal];
    const uint64_t *out = lg_pair_graph_out(maker->graph, goal->to);
    const uint64_t *wanted = maker->wanted[goal->group];
    for (unsigned i = 0; i < maker->pairs->group_count; i++)
        for (unsigned j = 0; j < maker->pairs->group_count; j++)
            if (lg_bits_has(maker->planned[i], j))
                note_try(maker, i, j, LG_MISS_AIM);
    for (unsigned j = 0; j < maker->pairs->group_count; j++)
        if (lg_bits_has(out, j) && lg_bits_has(wanted, j))
            note_try(maker, goal->group, j, maker->was_heavy ? LG_MISS_ROOM : LG_MISS_WAY);
    lg_pair_graph_spend(maker->graph, maker->first_goal);
}

enum making { MADE, NO_MORE, NOT_WRITTEN };

static enum making make_one(struct maker *maker)
{
    const struct lg_exploration *exploration = maker->generation->exploration;
    list_wanted(maker);
    lg_pair_graph_unblock(maker->graph);
    lg_position_start(&maker->here, exploration);
    maker->step_count = maker->dead_ends = 0;
    maker->first_goal = LG_NO_EDGE;
    maker->was_heavy = false;
    if (!lg_draft_init(&maker->draft, &maker->generation->names, true))
        return NOT_WRITTEN;
    while (maker->step_count < STEPS_MAX && go(maker))
        ;
    enum making making = MADE;
    if (maker->first_goal == LG_NO_EDGE)
        making = NO_MORE;
    else if (!make_vector(maker))
        maker->reasons->discarded++;
    else if (!lg_generation_write(maker->generation, &maker->draft))
        making = NOT_WRITTEN;
    if (making == MADE)
        note_missed(maker);
    lg_draft_free(&maker->draft);
    return making;
}

static void tell(const struct maker *maker, FILE *progress)
{
    struct lg_pair_count groups = lg_pairs_of_groups(maker->pairs);
    if (maker->generation->vectors % PROGRESS_EVERY == 0)
        lg_progress_show(progress, "generate: %u vectors with %u steps, %u of %u pairs walked",
                         maker->generation->vectors, maker->generation->nodes, groups.walked,
                         groups.feasible);
}

static bool has_more(const struct lg_generation *generation)
{
    unsigned most = generation->most ? generation->most : LG_GENERATED_MAX;
    return generation->vectors < most;
}

bool lg_generate_pairs(struct lg_generation *generation, struct lg_pair_graph *graph,
                       struct lg_pair_reasons *reasons, FILE *progress)
{
    struct maker *maker = calloc(1, sizeof *maker);
    enum making making = maker ? MADE : NOT_WRITTEN;
    if (maker) {
        maker->generation = generation;
        maker->pairs = generation->pairs;
        maker->graph = graph;
        maker->reasons = reasons;
        maker->departures.exploration = generation->exploration;
        maker->departures.pairs = generation->pairs;
        maker->departures.moves = lg_moves_new();
        making = maker->departures.moves ? MADE : NOT_WRITTEN;
    }
    while (making == MADE && has_more(generation)) {
        making = make_one(maker);
        tell(maker, progress);
    }
    if (maker)
        lg_moves_free(maker->departures.moves);
    free(maker);
    return making != NOT_WRITTEN;
}
