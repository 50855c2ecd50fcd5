/* Every call after a way that only the mutant goes, and again after that: the answers must be those
 * of some cell that the model may be in by then. */
#include "lookahead.h"

#include <string.h>

#include "model/hash.h"
#include "model/step.h"

enum { CELLS_MAX = 256, JOBS_MAX = 2 * LG_JOB_SLOTS };

/* Where the model may be. Others are left out: less is shown then, not more. */
struct cells {
    struct lg_cell items[CELLS_MAX];
    unsigned count;
};

struct job_names {
    uint16_t items[JOBS_MAX];
    unsigned count;
};

void lg_lookahead_init(struct lg_lookahead *lookahead, const struct lg_spots *spots,
                       lg_step_function *mutant)
{
    lookahead->spots = spots;
    lookahead->mutant = mutant;
    lg_world_load(&lookahead->world, 'B');
}

static void add_cell(struct cells *cells, const struct lg_cell *cell)
{
    for (unsigned i = 0; i < cells->count; i++)
        if (memcmp(&cells->items[i], cell, sizeof *cell) == 0)
            return;
    if (cells->count < CELLS_MAX)
        cells->items[cells->count++] = *cell;
}

/* Where the model goes with an answer that the mutant gave. */
static void add_cells_of(struct cells *cells, const struct lg_ways *model, const struct lg_way *way)
{
    for (unsigned i = 0; i < model->count; i++)
        if (lg_way_answers_within(way, &model->items[i]))
            add_cell(cells, &model->items[i].next);
}

static void add_name(struct job_names *names, uint16_t name)
{
    for (unsigned i = 0; i < names->count; i++)
        if (names->items[i] == name)
            return;
    if (names->count < JOBS_MAX)
        names->items[names->count++] = name;
}

static void add_names_of(struct job_names *names, const struct lg_cell *cell)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (cell->jobs[i].state != LG_JOB_FREE)
            add_name(names, cell->jobs[i].name);
}

static uint16_t newest_of(const struct job_names *names)
{
    uint16_t newest = 0;
    for (unsigned i = 0; i < names->count; i++)
        newest = names->items[i] > newest ? names->items[i] : newest;
    return newest;
}

/* From here on: the cell of the mutant, those of the model, and how many calls follow. */
struct stand {
    const struct lg_lookahead *lookahead;
    const struct lg_cell *mutant;
    const struct cells *model;
    unsigned calls;
};

static bool is_untold_from(const struct stand *stand);

/* Of where both are, in whatever order the model's cells were found. */
static uint64_t hash_of(const struct stand *stand)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < stand->model->count; i++)
        sum += lg_hash_bytes(&stand->model->items[i], sizeof stand->model->items[i]);
    return lg_hash_mix(lg_hash_bytes(stand->mutant, sizeof *stand->mutant), sum);
}

/* Stands from which no call told. One takes the place of another. */
static uint64_t *known_place(const struct stand *stand, uint64_t hash)
{
    enum { PLACES = 1 << 20 };
    static uint64_t known[LG_LOOKAHEAD_CALLS][PLACES];
    return &known[stand->calls - 1][hash % PLACES];
}

/* The call in one of the model's cells. */
static void walk_model(const struct stand *stand, unsigned cell, struct lg_scene *scene,
                       struct lg_ways *ways)
{
    scene->cell = stand->model->items[cell];
    lg_spots_walk_shown(stand->lookahead->spots, scene, lg_step, ways);
}

/* A job more than a cell holds: the oracle does not judge it. */
static bool is_unjudged(const struct stand *stand, const struct lg_way *way)
{
    if (way->outcome.answer != LG_ANSWERS_JOB)
        return false;
    for (unsigned i = 0; i < stand->model->count; i++)
        if (!lg_cell_has_room(&stand->model->items[i]))
            return true;
    return way->evicted.state != LG_JOB_FREE;
}

static bool goes_on_untold(const struct stand *stand, struct lg_scene *scene,
                           const struct lg_way *way)
{
    static struct lg_ways ways;
    struct cells model = {.count = 0};
    struct stand next = {stand->lookahead, &way->next, &model, stand->calls - 1};
    for (unsigned i = 0; i < stand->model->count; i++) {
        walk_model(stand, i, scene, &ways);
        add_cells_of(&model, &ways, way);
    }
    if (!model.count || !next.calls)
        return model.count > 0;
    return hash_of(&next) == hash_of(stand) || is_untold_from(&next);
}

/* Each way of the mutant is one of the model's, or answers as one and is untold from there. */
static bool is_untold_by(const struct stand *stand, struct lg_scene *scene)
{
    static struct lg_ways of_mutant[LG_LOOKAHEAD_CALLS], ways;
    static bool shown[LG_LOOKAHEAD_CALLS][LG_WAYS_MAX];
    struct lg_ways *own = &of_mutant[stand->calls - 1];
    bool *is_shown = shown[stand->calls - 1];
    scene->cell = *stand->mutant;
    lg_spots_walk_shown(stand->lookahead->spots, scene, stand->lookahead->mutant, own);
    for (unsigned j = 0; j < own->count; j++)
        is_shown[j] = is_unjudged(stand, &own->items[j]);
    for (unsigned i = 0; i < stand->model->count; i++) {
        walk_model(stand, i, scene, &ways);
        for (unsigned j = 0; j < own->count; j++)
            is_shown[j] = is_shown[j] || lg_ways_have(&ways, &own->items[j], false);
    }
    for (unsigned j = 0; j < own->count; j++)
        if (!is_shown[j] && !goes_on_untold(stand, scene, &own->items[j]))
            return false;
    return !own->more;
}

static bool is_untold_from(const struct stand *stand)
{
    const struct lg_world *world = &stand->lookahead->world;
    uint64_t hash = hash_of(stand);
    uint64_t *known = known_place(stand, hash);
    struct job_names names = {.count = 0};
    struct lg_scene scene;
    if (*known == hash)
        return true;
    memset(&scene, 0, sizeof scene);
    add_names_of(&names, stand->mutant);
    for (unsigned i = 0; i < stand->model->count; i++)
        add_names_of(&names, &stand->model->items[i]);
    for (unsigned i = 0; i < world->call_count; i++) {
        bool of_job = world->calls[i].job != 0;
        for (unsigned job = 0; job < (of_job ? names.count : 1); job++) {
            scene.call = world->calls[i];
            scene.call.job = of_job ? names.items[job] : 0;
            scene.call.new_job = (uint16_t)(newest_of(&names) + 1);
            scene.made = stand->calls;
            if (!is_untold_by(stand, &scene))
                return false;
        }
    }
    *known = hash;
    return true;
}

bool lg_lookahead_is_untold(const struct lg_lookahead *lookahead, const struct lg_ways *mutant,
                            const struct lg_ways *model)
{
    for (unsigned i = 0; i < mutant->count; i++) {
        struct cells cells = {.count = 0};
        struct stand stand = {lookahead, &mutant->items[i].next, &cells, LG_LOOKAHEAD_CALLS};
        if (lg_ways_have(model, &mutant->items[i], false))
            continue;
        add_cells_of(&cells, model, &mutant->items[i]);
        if (!cells.count || !is_untold_from(&stand))
            return false;
    }
    return !mutant->more;
}
