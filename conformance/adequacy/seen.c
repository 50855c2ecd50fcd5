/* What a codec would write of an answer. */
#include "seen.h"

#include <string.h>

#include "model/bits.h"
#include "model/blob.h"
#include "model/trace_json.h"

/* The field that holds a state as a bit. -1: the method shows none. */
static int state_field(const struct lg_call *call)
{
    if (call->method == LG_CALL_READ_JOB)
        return LG_JOB_FIELD_STATE;
    return call->method == LG_CALL_READ_VM ? LG_VM_FIELD_ENABLED_STATE : -1;
}

static uint16_t fields_of(const struct lg_call *call)
{
    uint16_t fields = 0;
    for (unsigned i = 0; i < lg_property_count; i++)
        if (lg_properties[i].read == call->method && lg_properties[i].source == LG_SOURCE_FIELD)
            fields |= (uint16_t)(1u << lg_properties[i].number);
    return fields;
}

static void write_bytes(struct lg_outcome *seen)
{
    static const uint16_t symbols[] = {[LG_BYTES_NULL] = LG_SYMBOL_NONE,
                                       [LG_BYTES_NONE] = LG_MATERIAL_empty + 1,
                                       [LG_BYTES_UNSET] = LG_MATERIAL_unset + 1};
    if (seen->form != LG_BYTES_GIVEN)
        seen->symbol = symbols[seen->form];
}

static void write_instance(struct lg_outcome *seen, const struct lg_call *call)
{
    int state = state_field(call);
    seen->shown &= fields_of(call);
    seen->masks &= seen->shown;
    seen->unseen = 0;
    if (state < 0 || !(seen->shown >> state & 1) || seen->masks >> state & 1)
        return;
    seen->fields[state].from = lg_bits_lowest(seen->fields[state].from);
    seen->fields[state].to = seen->fields[state].from;
    seen->masks |= (uint16_t)(1u << state);
}

void lg_seen_as_written(struct lg_outcome *seen, const struct lg_call *call)
{
    uint8_t fault = seen->fault;
    if (fault) {
        memset(seen, 0, sizeof *seen);
        seen->fault = fault;
    } else if (seen->answer == LG_ANSWERS_BYTES)
        write_bytes(seen);
    else if (seen->answer == LG_ANSWERS_INSTANCE)
        write_instance(seen, call);
}
