/* Writes states and transitions. */
#include "dump.h"

#include <stdlib.h>
#include <string.h>

#include "model/hash.h"

enum { WAYS_MAX = 8192, NUMBERED_MAX = 65536, SLOTS = 2 * NUMBERED_MAX };

/* What is written once and spoken of by its number: calls, outcomes, namings. */
struct numbered {
    uint32_t index[SLOTS]; /* number + 1 */
    unsigned char *things;
    uint32_t count;
    size_t size;
};

struct way {
    uint32_t outcome;
    int64_t next;
    uint32_t naming;
};

struct lg_dump_groups {
    struct numbered calls;
    struct numbered outcomes;
    struct numbered namings;
    struct numbered patterns;
    struct way ways[WAYS_MAX];
    uint32_t way_count;
    uint32_t shows[WAYS_MAX]; /* numbers of patterns */
    uint32_t show_count;
    uint32_t from;
    uint32_t call;
    bool no_room;
};

/* An outcome is spelled as its call has it. */
struct answer {
    struct lg_outcome seen;
    struct lg_call call;
};

static void write_line(FILE *file, json_t *line)
{
    json_dumpf(line, file, JSON_COMPACT);
    fputc('\n', file);
    json_decref(line);
}

static json_t *choices_of(const struct lg_tape *tape)
{
    json_t *choices = json_array();
    for (unsigned i = 0; i < tape->count; i++) {
        const struct lg_draw *draw = &tape->draws[i];
        const struct lg_site_row *site = &lg_sites[draw->site];
        json_array_append_new(
            choices, json_sprintf("%s[%u]=%s", site->id, (unsigned)(draw->slot - site->slot),
                                  lg_alternatives[site->alternative + draw->alternative].name));
    }
    return choices;
}

static void write_single(struct lg_dump *dump, const struct lg_transition *transition)
{
    const struct lg_move *move = transition->move;
    const struct lg_outcome *pattern = move->pattern;
    json_t *line = lg_script_step_to_json(move->call, &move->seen, &dump->names);
    json_object_set_new(line, "from", json_integer(transition->from));
    json_object_set_new(line, "choices", choices_of(move->tape));
    json_object_set_new(line, "clause", json_string(lg_clauses[pattern->clause].id));
    if (pattern->cause)
        json_object_set_new(line, "cause", json_string(lg_causes[pattern->cause - 1].name));
    if (pattern->return_to > pattern->return_value)
        json_object_set_new(line, "return_to", json_integer(pattern->return_to));
    json_object_set_new(line, "next",
                        transition->to == LG_NO_STATE ? json_null() : json_integer(transition->to));
    write_line(dump->file, line);
}

static bool numbered_init(struct numbered *numbered, size_t size)
{
    numbered->size = size;
    numbered->things = malloc(NUMBERED_MAX * size);
    return numbered->things != NULL;
}

static uint32_t slot_of(const struct numbered *numbered, const unsigned char *thing)
{
    return (uint32_t)(lg_hash_bytes(thing, numbered->size) % SLOTS);
}

/* `*is_new`: nobody has spoken of it. There is always a free slot; the count tells when it is too
 * many. */
static uint32_t number_of(struct numbered *numbered, const void *thing, bool *is_new)
{
    uint32_t slot = slot_of(numbered, thing);
    for (; numbered->index[slot]; slot = (slot + 1) % SLOTS) {
        uint32_t number = numbered->index[slot] - 1;
        *is_new = false;
        if (memcmp(numbered->things + number * numbered->size, thing, numbered->size) == 0)
            return number;
    }
    if (numbered->count == NUMBERED_MAX)
        return NUMBERED_MAX;
    memcpy(numbered->things + numbered->count * numbered->size, thing, numbered->size);
    numbered->index[slot] = numbered->count + 1;
    *is_new = true;
    return numbered->count++;
}

static void write_numbered(struct lg_dump *dump, uint32_t number, json_t *line)
{
    json_object_set_new(line, "number", json_integer(number));
    write_line(dump->file, line);
}

static uint32_t number_of_call(struct lg_dump *dump, const struct lg_call *call)
{
    bool is_new;
    uint32_t number = number_of(&dump->groups->calls, call, &is_new);
    if (is_new)
        write_numbered(dump, number, lg_call_to_json(call, &dump->names));
    return number;
}

/* Protectors that a read shows, by their names in cells: the text of bytes that nobody has seen
 * says nothing. */
static json_t *protectors_of(const struct lg_move *move, const struct lg_names *names)
{
    json_t *protectors = json_object();
    for (unsigned i = 0; i < lg_property_count; i++) {
        const struct lg_property_row *row = &lg_properties[i];
        bool protector = row->type == LG_TYPE_PROTECTOR || row->type == LG_TYPE_DIGEST;
        if (row->read != (enum lg_method)move->call->method || !protector)
            continue;
        uint64_t symbol = move->seen.fields[row->number].from;
        bool unseen = symbol >= LG_SYMBOL_UNSEEN;
        json_object_set_new(protectors, row->name,
                            unseen ? json_sprintf("U%u", (unsigned)(symbol - LG_SYMBOL_UNSEEN))
                                   : lg_symbol_to_json((uint16_t)symbol, names));
    }
    return protectors;
}

static uint32_t number_of_outcome(struct lg_dump *dump, const struct lg_move *move)
{
    struct answer answer;
    bool is_new;
    memset(&answer, 0, sizeof answer);
    answer.seen = move->seen;
    answer.call = *move->call;
    uint32_t number = number_of(&dump->groups->outcomes, &answer, &is_new);
    if (is_new) {
        json_t *line = lg_script_step_to_json(move->call, &move->seen, &dump->names);
        json_object_del(line, "args");
        if (!json_object_get(line, "outcome"))
            json_object_set_new(line, "outcome", json_null());
        json_object_set_new(line, "protectors", protectors_of(move, &dump->names));
        write_numbered(dump, number, line);
    }
    return number;
}

static uint32_t number_of_naming(struct lg_dump *dump, const struct lg_world *world,
                                 const struct lg_cell *to)
{
    struct lg_cell cell = *to;
    struct lg_naming naming;
    bool is_new;
    memset(&naming, 0, sizeof naming);
    lg_world_canonical(world, &cell, &naming);
    uint32_t number = number_of(&dump->groups->namings, naming.symbols, &is_new);
    if (is_new) {
        json_t *were = json_array();
        for (unsigned i = 1; i <= LG_WORLD_PROTECTORS_MAX && naming.symbols[i]; i++)
            json_array_append_new(were, lg_symbol_to_json(naming.symbols[i], &dump->names));
        write_numbered(dump, number, json_pack("{s:o}", "naming", were));
    }
    return number;
}

/* The values that a pattern leaves to a field, as the property shows them; of a range its ends. */
static json_t *values_of(const struct lg_property_row *row, const struct lg_move *move,
                         const struct lg_names *names)
{
    const struct lg_field *open = &move->pattern->fields[row->number];
    bool mask = move->pattern->masks >> row->number & 1;
    json_t *values = json_array();
    for (unsigned i = 0; i < (mask ? 64 : 2); i++) {
        struct lg_outcome seen = move->seen;
        uint64_t value = mask ? open->from & (uint64_t)1 << i : i == 0 ? open->from : open->to;
        if (mask ? value == 0 : i == 1 && open->from == open->to)
            continue;
        seen.fields[row->number].from = seen.fields[row->number].to = value;
        json_t *properties = lg_properties_to_json(&seen, move->call, names);
        json_array_append(values, json_object_get(properties, row->name));
        json_decref(properties);
    }
    return values;
}

static uint32_t number_of_pattern(struct lg_dump *dump, const struct lg_move *move)
{
    struct answer answer;
    bool is_new;
    memset(&answer, 0, sizeof answer);
    answer.seen = *move->pattern;
    answer.call = *move->call;
    uint32_t number = number_of(&dump->groups->patterns, &answer, &is_new);
    if (!is_new)
        return number;
    json_t *pattern = json_object();
    for (unsigned i = 0; i < lg_property_count; i++) {
        const struct lg_property_row *row = &lg_properties[i];
        if (row->read == (enum lg_method)move->call->method && row->source == LG_SOURCE_FIELD &&
            (move->seen.shown >> row->number & 1))
            json_object_set_new(pattern, row->name, values_of(row, move, &dump->names));
    }
    write_numbered(dump, number, json_pack("{s:o}", "pattern", pattern));
    return number;
}

static int compare_ways(const void *one, const void *other)
{
    const struct way *a = one;
    const struct way *b = other;
    if (a->outcome != b->outcome)
        return a->outcome < b->outcome ? -1 : 1;
    if (a->next != b->next)
        return a->next < b->next ? -1 : 1;
    return (a->naming > b->naming) - (a->naming < b->naming);
}

static int compare_numbers(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one;
    uint32_t b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

static void write_shows(struct lg_dump *dump)
{
    struct lg_dump_groups *groups = dump->groups;
    const char *before = ",\"shows\":[";
    qsort(groups->shows, groups->show_count, sizeof groups->shows[0], compare_numbers);
    for (uint32_t i = 0; i < groups->show_count; i++) {
        if (i > 0 && groups->shows[i] == groups->shows[i - 1])
            continue;
        fprintf(dump->file, "%s%u", before, groups->shows[i]);
        before = ",";
    }
    if (groups->show_count)
        fputs("]", dump->file);
    groups->show_count = 0;
}

static void write_group(struct lg_dump *dump)
{
    struct lg_dump_groups *groups = dump->groups;
    const char *comma = "";
    if (groups->way_count == 0)
        return;
    qsort(groups->ways, groups->way_count, sizeof groups->ways[0], compare_ways);
    fprintf(dump->file, "{\"from\":%u,\"call\":%u,\"may\":[", groups->from, groups->call);
    for (uint32_t i = 0; i < groups->way_count; i++) {
        const struct way *way = &groups->ways[i];
        if (i > 0 && compare_ways(way - 1, way) == 0)
            continue;
        fprintf(dump->file, "%s%u,%lld,%u", comma, way->outcome, (long long)way->next, way->naming);
        comma = ",";
    }
    fputs("]", dump->file);
    write_shows(dump);
    fputs("}\n", dump->file);
    groups->way_count = 0;
}

static void gather(struct lg_dump *dump, const struct lg_exploration *exploration,
                   const struct lg_transition *transition)
{
    struct lg_dump_groups *groups = dump->groups;
    const struct lg_move *move = transition->move;
    bool cut = transition->to == LG_NO_STATE;
    struct way way = {number_of_outcome(dump, move), cut ? -1 : (int64_t)transition->to, 0};
    uint32_t call = number_of_call(dump, move->call);
    if (!cut)
        way.naming = number_of_naming(dump, &exploration->world, &move->to);
    if (groups->from != transition->from || groups->call != call)
        write_group(dump);
    groups->from = transition->from;
    groups->call = call;
    groups->no_room |= groups->way_count == WAYS_MAX || call == NUMBERED_MAX ||
                       way.outcome == NUMBERED_MAX || way.naming == NUMBERED_MAX;
    if (groups->no_room)
        return;
    groups->ways[groups->way_count++] = way;
    if (move->pattern->shown)
        groups->shows[groups->show_count++] = number_of_pattern(dump, move);
}

bool lg_dump_start(struct lg_dump *dump)
{
    dump->groups = calloc(1, sizeof *dump->groups);
    return dump->groups && numbered_init(&dump->groups->calls, sizeof(struct lg_call)) &&
           numbered_init(&dump->groups->outcomes, sizeof(struct answer)) &&
           numbered_init(&dump->groups->patterns, sizeof(struct answer)) &&
           numbered_init(&dump->groups->namings, sizeof((struct lg_naming *)0)->symbols);
}

void lg_dump_transition(struct lg_dump *dump, const struct lg_exploration *exploration,
                        const struct lg_transition *transition)
{
    if (transition->from % dump->every != 0)
        return;
    if (dump->grouped)
        gather(dump, exploration, transition);
    else
        write_single(dump, transition);
}

void lg_dump_states(struct lg_dump *dump, const struct lg_exploration *exploration)
{
    write_group(dump);
    for (uint32_t i = 0; i < exploration->states.count; i++) {
        struct lg_cell cell;
        lg_states_get(&exploration->states, i, &cell);
        write_line(dump->file, json_pack("{s:I, s:i, s:o}", "state", (json_int_t)i, "depth",
                                         (int)exploration->states.steps[i].depth, "cell",
                                         lg_cell_to_json(&cell, &dump->names)));
    }
}

bool lg_dump_end(struct lg_dump *dump)
{
    struct lg_dump_groups *groups = dump->groups;
    bool complete = groups && !groups->no_room;
    if (groups) {
        free(groups->calls.things);
        free(groups->outcomes.things);
        free(groups->namings.things);
        free(groups->patterns.things);
    }
    free(groups);
    dump->groups = NULL;
    return complete;
}
