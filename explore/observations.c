#include "observations.h"

#include <stdlib.h>
#include <string.h>

#include "model/bits.h"
#include "model/hash.h"

enum { UNSEEN_BOUND_TO = 7, TIME_FIRST_SEEN = 5, TIME_LATER = 7 };

static struct lg_outcome as_seen(const struct lg_outcome *outcome)
{
    struct lg_outcome seen;
    memcpy(&seen, outcome, sizeof seen);
    seen.clause = 0;
    seen.cause = 0;
    return seen;
}

void observations_free(struct observations *observations)
{
    free(observations->items);
    free(observations->places);
    memset(observations, 0, sizeof *observations);
}

static void forget_places(struct observations *observations)
{
    if (observations->room)
        memset(observations->places, 0, 2 * observations->room * sizeof *observations->places);
}

void observations_clear(struct observations *observations)
{
    forget_places(observations);
    observations->count = 0;
    observations->incomplete = false;
}

/* Where an outcome stands, or would. */
static uint32_t *place_of(const struct observations *in, const struct lg_outcome *seen)
{
    uint32_t mask = 2 * in->room - 1;
    uint32_t at = (uint32_t)lg_hash_bytes(seen, sizeof *seen) & mask;
    while (in->places[at] && memcmp(&in->items[in->places[at] - 1], seen, sizeof *seen) != 0)
        at = (at + 1) & mask;
    return &in->places[at];
}

static bool grow(struct observations *observations)
{
    enum { ROOM_AT_FIRST = 64 };
    unsigned room = observations->room ? 2 * observations->room : ROOM_AT_FIRST;
    uint32_t *places = calloc(2 * (size_t)room, sizeof *places);
    struct lg_outcome *items = places ? realloc(observations->items, room * sizeof *items) : NULL;
    if (!items) {
        free(places);
        return false;
    }
    free(observations->places);
    observations->places = places;
    observations->items = items;
    observations->room = room;
    for (unsigned i = 0; i < observations->count; i++)
        *place_of(observations, &items[i]) = i + 1;
    return true;
}

void observations_add(struct observations *to, const struct lg_outcome *outcome)
{
    struct lg_outcome seen = as_seen(outcome);
    if (to->count == to->room && !grow(to)) {
        to->incomplete = true;
        return;
    }
    uint32_t *place = place_of(to, &seen);
    if (*place)
        return;
    to->items[to->count++] = seen;
    *place = to->count;
}

void observations_copy(struct observations *to, const struct observations *from)
{
    observations_clear(to);
    for (unsigned i = 0; i < from->count; i++)
        observations_add(to, &from->items[i]);
    to->incomplete = to->incomplete || from->incomplete;
}

/* Times have no upper end: a moment is taken, and a later one. */
static uint64_t pick_value(const struct lg_field *field, bool high)
{
    bool time = field->to == UINT64_MAX;
    uint64_t first = time && field->from == 0 ? TIME_FIRST_SEEN : field->from;
    if (!high)
        return first;
    return time ? first + TIME_LATER : field->to;
}

struct lg_outcome lg_observe(const struct lg_outcome *pattern, uint16_t fresh, bool high)
{
    struct lg_outcome seen = as_seen(pattern);
    seen.return_value = high ? pattern->return_to : pattern->return_value;
    seen.return_to = seen.return_value;
    if (seen.answer == LG_ANSWERS_INSTANCE) { /* where patterns keep what was seen before */
        seen.symbol = 0;
        seen.form = 0;
    }
    if (seen.symbol >= LG_SYMBOL_UNSEEN)
        seen.symbol = fresh;
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++) {
        struct lg_field *field = &seen.fields[i];
        if (!(seen.shown >> i & 1))
            continue;
        if (seen.masks >> i & 1)
            field->from = high ? lg_bits_highest(field->from) : lg_bits_lowest(field->from);
        else
            field->from = pick_value(&pattern->fields[i], high);
        field->to = field->from;
    }
    return seen;
}

void observations_pick(struct observations *to, const struct lg_outcome *pattern)
{
    struct lg_outcome low = lg_observe(pattern, UNSEEN_BOUND_TO, false);
    struct lg_outcome high = lg_observe(pattern, UNSEEN_BOUND_TO, true);
    observations_add(to, &low);
    observations_add(to, &high);
}

static void corrupt_return(struct observations *to, const struct lg_call *call,
                           const struct lg_outcome *seen)
{
    static const uint32_t everywhere[] = {0, 1, 4095, 4096, 4097, 32767, 32789, 65535, 65536};
    struct lg_outcome wrong = *seen;
    for (unsigned i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++) {
        wrong.return_value = wrong.return_to = everywhere[i];
        observations_add(to, &wrong);
    }
    for (unsigned i = 0; i < LG_RETURN_COUNT; i++)
        if (lg_returns[i].method == call->method) {
            wrong.return_value = wrong.return_to = lg_returns[i].low;
            observations_add(to, &wrong);
        }
}

/* A job appears or disappears, bytes become an error text, and so on. */
static void corrupt_answer(struct observations *to, const struct lg_outcome *seen,
                           uint16_t next_job)
{
    struct lg_outcome wrong = *seen;
    for (unsigned answer = LG_ANSWERS_NOTHING; answer <= LG_ANSWERS_VM; answer++) {
        wrong.answer = (uint8_t)answer;
        wrong.job = answer == LG_ANSWERS_JOB ? next_job : 0;
        observations_add(to, &wrong);
    }
    wrong = *seen;
    wrong.job = 0;
    observations_add(to, &wrong);
    wrong = *seen;
    wrong.deviant = 1;
    observations_add(to, &wrong);
    wrong = *seen;
    for (unsigned fault = 0; fault < LG_FAULT_COUNT; fault++) {
        wrong.fault = (uint8_t)fault;
        observations_add(to, &wrong);
    }
}

static void corrupt_bytes(struct observations *to, const struct lg_outcome *seen)
{
    struct lg_outcome wrong = *seen;
    if (seen->answer != LG_ANSWERS_BYTES && seen->answer != LG_ANSWERS_ERROR)
        return;
    for (unsigned form = LG_BYTES_GIVEN; form <= LG_BYTES_UNSET; form++) {
        wrong.form = (uint8_t)form;
        observations_add(to, &wrong);
    }
    wrong = *seen;
    for (uint16_t symbol = 0; symbol <= UNSEEN_BOUND_TO; symbol++) {
        wrong.symbol = symbol;
        observations_add(to, &wrong);
    }
}

static void corrupt_mask(struct observations *to, const struct lg_call *call,
                         const struct lg_outcome *seen, unsigned field)
{
    unsigned bits = call->method == LG_CALL_READ_JOB ? LG_JOB_STATE_COUNT : 26;
    struct lg_outcome wrong = *seen;
    for (unsigned bit = 0; bit < bits; bit++) {
        wrong.fields[field].from = wrong.fields[field].to = (uint64_t)1 << bit;
        observations_add(to, &wrong);
    }
}

static void corrupt_value(struct observations *to, const struct lg_outcome *seen, unsigned field)
{
    uint64_t value = seen->fields[field].from;
    const uint64_t values[] = {0, 1, 2, value - 1, value + 1, 100, 32768, 65535};
    struct lg_outcome wrong = *seen;
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        wrong.fields[field].from = wrong.fields[field].to = values[i];
        observations_add(to, &wrong);
    }
}

static void corrupt_fields(struct observations *to, const struct lg_call *call,
                           const struct lg_outcome *seen)
{
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++) {
        if (!(seen->shown >> i & 1))
            continue;
        if (seen->masks >> i & 1)
            corrupt_mask(to, call, seen, i);
        else
            corrupt_value(to, seen, i);
        struct lg_outcome hidden = *seen;
        hidden.shown &= (uint16_t) ~(1u << i);
        observations_add(to, &hidden);
    }
}

static void corrupt_list(struct observations *to, const struct lg_outcome *seen, uint16_t next_job)
{
    struct lg_outcome wrong = *seen;
    if (seen->answer != LG_ANSWERS_LIST)
        return;
    if (seen->list_count < LG_LIST_MAX) {
        wrong.list[wrong.list_count++] = next_job;
        observations_add(to, &wrong);
    }
    for (unsigned i = 0; i < seen->list_count; i++) {
        wrong = *seen;
        wrong.list[i] = wrong.list[--wrong.list_count];
        wrong.list[wrong.list_count] = 0;
        observations_add(to, &wrong);
        wrong = *seen;
        wrong.list[i] = next_job;
        observations_add(to, &wrong);
    }
}

void observations_corrupt(struct observations *to, const struct lg_call *call,
                          const struct lg_outcome *seen, uint16_t next_job)
{
    corrupt_return(to, call, seen);
    corrupt_answer(to, seen, next_job);
    corrupt_bytes(to, seen);
    corrupt_fields(to, call, seen);
    corrupt_list(to, seen, next_job);
}
