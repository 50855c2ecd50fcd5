/* Small worlds in parts, each the traces that begin with one call, shared out to processes. */
#include "no_miss.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "conformance/crew.h"
#include "conformance/progress.h"
#include "no_miss_part.h"

enum { PARTS_MAX = LG_WORLDS_MAX * LG_ALPHABET_MAX };

struct part {
    uint16_t world;
    uint16_t call;
    struct lg_no_miss figures;
};

struct plan {
    const struct lg_small_worlds *worlds;
    struct part parts[PARTS_MAX];
    unsigned part_count;
    atomic_uint next;
    uint32_t explanations_max;
    time_t until;   /* 0: for ever */
    FILE *progress; /* NULL: none */
};

static void tell(const struct plan *plan, unsigned part)
{
    const struct lg_small_world *world = &plan->worlds->items[plan->parts[part].world];
    lg_progress_show(plan->progress, "certify: %s, %u of %s, %s: part %u of %u", world->setup->name,
                     world->calls, world->alphabet->name, lg_profiles[world->profile].name,
                     part + 1, plan->part_count);
}

static bool has_time(const struct plan *plan)
{
    return !plan->until || time(NULL) < plan->until;
}

static bool compare_parts(void *context, unsigned number)
{
    struct plan *plan = context;
    bool good = true;
    (void)number;
    for (unsigned i;
         good && has_time(plan) && (i = atomic_fetch_add(&plan->next, 1)) < plan->part_count;) {
        struct part *part = &plan->parts[i];
        tell(plan, i);
        good = lg_no_miss_part(&plan->worlds->items[part->world], part->call,
                               plan->explanations_max, &part->figures);
    }
    return good;
}

static void add_parts(struct plan *plan, unsigned world)
{
    for (unsigned i = 0; i < plan->worlds->items[world].alphabet->count; i++) {
        struct part *part = &plan->parts[plan->part_count++];
        part->world = (uint16_t)world;
        part->call = (uint16_t)i;
    }
}

static void add_figures(struct lg_no_miss *figures, const struct lg_no_miss *more)
{
    figures->traces += more->traces;
    figures->without_explanation += more->without_explanation;
    figures->model_steps += more->model_steps;
    figures->disagreements += more->disagreements;
    figures->milder += more->milder;
    figures->parts_done += more->parts_done;
}

static void sum_up(const struct plan *plan, struct lg_no_miss_found *found)
{
    memset(found, 0, sizeof *found);
    for (unsigned i = 0; i < plan->part_count; i++) {
        const struct part *part = &plan->parts[i];
        found->by_world[part->world].parts++;
        found->all.parts++;
        add_figures(&found->by_world[part->world], &part->figures);
        add_figures(&found->all, &part->figures);
    }
}

bool lg_no_miss(struct lg_no_miss_found *found, const struct lg_small_worlds *worlds,
                const struct lg_no_miss_options *options)
{
    enum { EXPLANATIONS_MAX = 2048 };
    struct plan *plan = lg_shared_new(sizeof *plan);
    bool good = plan != NULL;
    if (good) {
        plan->worlds = worlds;
        for (unsigned i = 0; i < worlds->count; i++)
            add_parts(plan, i);
        plan->explanations_max =
            options->explanations_max ? options->explanations_max : EXPLANATIONS_MAX;
        plan->progress = options->progress;
        plan->until = options->minutes ? time(NULL) + 60 * (time_t)options->minutes : 0;
        good = lg_crew(options->jobs, compare_parts, plan);
        sum_up(plan, found);
    }
    lg_shared_free(plan, sizeof *plan);
    return good;
}
