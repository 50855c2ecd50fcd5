/* In the library of mutants: what the target draws, and hosts that are made new quickly. */
#include "mutants.h"

#include <string.h>

#include "model/host.h"

int lg_mutant;
uint64_t lg_mutant_seed;
unsigned char lg_mutant_reached[LG_MUTANT_FUNCTIONS_MAX];

void lg_mutant_tape_start(struct lg_tape *tape, const struct lg_profile *profile,
                          const struct lg_readings *readings, const uint8_t *bytes,
                          uint32_t length);
void lg_mutant_host_init(struct lg_host *host, void *memory, const struct lg_host_word *word);
void lg_mutant_outcome_pick(struct lg_outcome *outcome, const struct lg_call *call,
                            struct lg_tape *tape);

/* Bytes by xorshift64*. */
void lg_mutant_tape_start(struct lg_tape *tape, const struct lg_profile *profile,
                          const struct lg_readings *readings, const uint8_t *bytes, uint32_t length)
{
    static uint8_t drawn[LG_TAPE_BYTES];
    for (unsigned i = 0; lg_mutant_seed && i < LG_TAPE_BYTES; i++) {
        lg_mutant_seed ^= lg_mutant_seed >> 12;
        lg_mutant_seed ^= lg_mutant_seed << 25;
        lg_mutant_seed ^= lg_mutant_seed >> 27;
        drawn[i] = (uint8_t)(lg_mutant_seed * 0x2545F4914F6CDD1Du >> 56);
    }
    lg_tape_start(tape, profile, readings, lg_mutant_seed ? drawn : bytes,
                  lg_mutant_seed ? LG_TAPE_BYTES : length);
}

enum range_end { UPPER_END, LOWER_END, ENDS = 4, VENDOR_FROM = 32768 };

/* A vendor's own code is not the first of the range: siblings have it. */
static unsigned draw_end(struct lg_tape *tape, uint64_t from)
{
    unsigned end = lg_tape_byte(tape) % ENDS;
    return end == LOWER_END && from == VENDOR_FROM ? ENDS : end;
}

/* Where something is drawn, one range in four is answered by its upper end, one by its lower. */
void lg_mutant_outcome_pick(struct lg_outcome *outcome, const struct lg_call *call,
                            struct lg_tape *tape)
{
    if (lg_mutant_seed && outcome->return_to > outcome->return_value) {
        unsigned end = draw_end(tape, outcome->return_value);
        if (end == UPPER_END)
            outcome->return_value = outcome->return_to;
        if (end == LOWER_END)
            outcome->return_to = outcome->return_value;
    }
    for (unsigned i = 0; lg_mutant_seed && i < LG_FIELDS_MAX; i++) {
        struct lg_field *field = &outcome->fields[i];
        if (outcome->masks >> i & 1 || field->to <= field->from)
            continue;
        unsigned end = draw_end(tape, field->from);
        if (end == UPPER_END)
            field->from = field->to;
        if (end == LOWER_END)
            field->to = field->from;
    }
    lg_outcome_pick(outcome, call, tape);
}

/* lg_host_init clears two megabytes; only what was used needs it the second time. */
void lg_mutant_host_init(struct lg_host *host, void *memory, const struct lg_host_word *word)
{
    if (!host->cells) {
        lg_host_init(host, memory, word);
        return;
    }
    memset(host->cells, 0, host->vm_count * sizeof *host->cells);
    memset(host->names, 0, (host->next_name + 1u) * sizeof *host->names);
    if (host->record_count)
        memset(host->records, 0, LG_RECORDS_MAX * sizeof *host->records);
    memset(&host->self, 0, sizeof host->self);
    host->self.host = *word;
    host->record_count = 0;
    host->vm_count = host->next_name = 0;
}
