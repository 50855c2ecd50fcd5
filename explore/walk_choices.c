/* Choices and names of a walk on a target. */
#include "walk_choices.h"

#include <string.h>

/* ---- choices ---- */

static void add(struct lg_choices *choices, uint64_t byte)
{
    if (choices->count < LG_CHOICES_MAX)
        choices->bytes[choices->count++] = (uint8_t)byte;
}

/* A value of a range takes two bytes, the higher one first. */
static void add_value(struct lg_choices *choices, uint64_t from, uint64_t to, uint64_t value)
{
    uint64_t draw = value >= from && value <= to ? value - from : 0;
    add(choices, draw >> 8 & 0xFF);
    add(choices, draw & 0xFF);
}

/* One of several bits takes a byte: its place among them. */
static void add_bit(struct lg_choices *choices, uint64_t mask, uint64_t value)
{
    unsigned place = 0;
    for (uint64_t rest = mask & (value - 1); rest; rest &= rest - 1)
        place++;
    add(choices, place);
}

void lg_choices_of_move(const struct lg_move *move, struct lg_choices *choices)
{
    const struct lg_outcome *pattern = move->pattern;
    choices->count = 0;
    for (unsigned i = 0; i < move->choice_count; i++)
        add(choices, move->choices[i]);
    if (pattern->return_to > pattern->return_value)
        add_value(choices, pattern->return_value, pattern->return_to, move->seen.return_value);
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++) {
        const struct lg_field *field = &pattern->fields[i];
        if (!(pattern->shown >> i & 1))
            continue;
        if (pattern->masks >> i & 1)
            add_bit(choices, field->from, move->seen.fields[i].from);
        else if (field->to > field->from)
            add_value(choices, field->from, field->to, move->seen.fields[i].from);
    }
}

/* ---- names ---- */

static bool is_protector(uint16_t symbol)
{
    return symbol != LG_SYMBOL_NONE && symbol <= LG_WORLD_PROTECTORS_MAX;
}

static bool holds(const struct lg_world *world, const struct lg_cell *cell, uint16_t symbol)
{
    struct lg_cell copy = *cell;
    struct lg_naming naming = {{0}, {0}};
    lg_world_canonical(world, &copy, &naming);
    for (unsigned i = 1; i <= LG_WORLD_PROTECTORS_MAX; i++)
        if (naming.symbols[i] == symbol)
            return true;
    return false;
}

static void translate(struct lg_walk_names *names, bool is_new, uint16_t *symbol)
{
    uint16_t *name = &names->of_target[*symbol];
    if (is_new || !*name)
        *name = (uint16_t)(LG_WALK_NAMES_FROM + names->given++);
    *symbol = *name;
}

struct lg_call lg_walk_names_call(struct lg_walk_names *names, const struct lg_world *world,
                                  const struct lg_cell *cell, const struct lg_call *call)
{
    struct lg_call made = *call;
    if (is_protector(made.symbol))
        translate(names, !holds(world, cell, made.symbol), &made.symbol);
    if (made.method == LG_CALL_PROTECTORS_SHARE_OWNER && is_protector(made.other))
        translate(names, false, &made.other);
    return made;
}

static uint16_t name_of(struct lg_walk_names *names, const struct lg_cell *cell, uint16_t symbol)
{
    if (symbol < LG_WALK_NAMES_FROM || symbol >= LG_SYMBOL_UNSEEN)
        return symbol;
    for (uint16_t i = 1; i <= LG_WORLD_PROTECTORS_MAX; i++)
        if (names->of_target[i] == symbol)
            return i;
    uint16_t fresh = lg_world_fresh(cell);
    names->of_target[fresh] = symbol;
    return fresh;
}

bool lg_walk_is_symbol(uint8_t method, unsigned field)
{
    if (method == LG_CALL_READ_TPM_SETTING)
        return field == LG_TPM_FIELD_PROTECTOR || field == LG_TPM_FIELD_LAST_KNOWN_GOOD;
    return method == LG_CALL_INSPECT &&
           (field == LG_INSPECT_FIELD_CURRENT || field == LG_INSPECT_FIELD_LAST_KNOWN_GOOD);
}

void lg_walk_names_seen(struct lg_walk_names *names, const struct lg_cell *cell,
                        const struct lg_call *call, struct lg_outcome *seen)
{
    if (seen->answer == LG_ANSWERS_BYTES)
        seen->symbol = name_of(names, cell, seen->symbol);
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++)
        if ((seen->shown >> i & 1) && lg_walk_is_symbol(call->method, i))
            seen->fields[i].from = seen->fields[i].to =
                name_of(names, cell, (uint16_t)seen->fields[i].from);
}
