/* Writes states and transitions. */
#include "dump.h"

#include <stdlib.h>

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

void lg_dump_transition(struct lg_dump *dump, const struct lg_transition *transition)
{
    const struct lg_move *move = transition->move;
    const struct lg_outcome *pattern = move->pattern;
    if (transition->from % dump->every != 0)
        return;
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

void lg_dump_states(struct lg_dump *dump, const struct lg_exploration *exploration)
{
    for (uint32_t i = 0; i < exploration->states.count; i++) {
        struct lg_cell cell;
        lg_states_get(&exploration->states, i, &cell);
        write_line(dump->file, json_pack("{s:I, s:i, s:o}", "state", (json_int_t)i, "depth",
                                         (int)exploration->states.steps[i].depth, "cell",
                                         lg_cell_to_json(&cell, &dump->names)));
    }
}
