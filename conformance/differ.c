/* Two sides of a script. */
#include "differ.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edges.h"

enum { BOUND_MAX = 64 };

/* Bytes that a target made up, bound to each other by first appearance. */
struct bound {
    uint16_t a[BOUND_MAX];
    uint16_t b[BOUND_MAX];
    unsigned count;
};

static bool is_material(uint64_t symbol)
{
    return symbol <= LG_MATERIAL_COUNT;
}

static bool same_bytes(struct bound *bound, uint64_t a, uint64_t b)
{
    if (is_material(a) || is_material(b))
        return a == b;
    for (unsigned i = 0; i < bound->count; i++)
        if (bound->a[i] == a || bound->b[i] == b)
            return bound->a[i] == a && bound->b[i] == b;
    if (bound->count < BOUND_MAX) {
        bound->a[bound->count] = (uint16_t)a;
        bound->b[bound->count++] = (uint16_t)b;
    }
    return true;
}

/* Fields that clocks and progress decide. */
static bool is_compared(const struct lg_property_row *row)
{
    if (row->source != LG_SOURCE_FIELD || row->type == LG_TYPE_AFFECTED)
        return false;
    return row->type != LG_TYPE_DATETIME && row->type != LG_TYPE_LAST_CHANGE &&
           row->type != LG_TYPE_INTERVAL &&
           !(row->read == LG_CALL_READ_JOB && row->number == LG_JOB_FIELD_PERCENT);
}

static bool is_live(const struct lg_outcome *job)
{
    return job->fields[LG_JOB_FIELD_STATE].from < (uint64_t)1 << LG_JOB_COMPLETED;
}

static bool same_field(struct bound *bound, const struct lg_property_row *row,
                       const struct lg_outcome *a, const struct lg_outcome *b)
{
    uint64_t left = a->fields[row->number].from, right = b->fields[row->number].from;
    if (!(a->shown & b->shown) >> row->number & 1)
        return true;
    if (row->type == LG_TYPE_PROTECTOR || row->type == LG_TYPE_DIGEST)
        return same_bytes(bound, left, right);
    return left == right;
}

static bool same_instance(struct bound *bound, const struct lg_call *call,
                          const struct lg_outcome *a, const struct lg_outcome *b,
                          const char **property)
{
    if (call->method == LG_CALL_READ_JOB && (is_live(a) || is_live(b)))
        return true;
    for (unsigned i = 0; i < lg_property_count; i++) {
        const struct lg_property_row *row = &lg_properties[i];
        bool both = a->shown >> row->number & b->shown >> row->number & 1;
        if (row->read != call->method || !is_compared(row) || !both)
            continue;
        *property = row->name;
        if (!same_field(bound, row, a, b))
            return false;
    }
    return true;
}

static bool same_answer(struct bound *bound, const struct lg_call *call,
                        const struct lg_side_step *a, const struct lg_side_step *b,
                        const char **property)
{
    const struct lg_outcome *left = &a->seen, *right = &b->seen;
    if (left->fault || right->fault)
        return left->fault == right->fault;
    if (a->has_result && b->has_result)
        return a->pending || b->pending || a->result == b->result;
    if (left->return_value != right->return_value || left->answer != right->answer)
        return false;
    switch (left->answer) {
    case LG_ANSWERS_BYTES:
        return left->form == right->form &&
               (left->form != LG_BYTES_GIVEN || same_bytes(bound, left->symbol, right->symbol));
    case LG_ANSWERS_INSTANCE: return same_instance(bound, call, left, right, property);
    case LG_ANSWERS_LIST:
        return call->method == LG_CALL_LIST_JOBS || left->list_count == right->list_count;
    case LG_ANSWERS_ERROR: return left->form == right->form;
    default: return true;
    }
}

/* ---- words ---- */

static void write_answer(const struct lg_side_step *step, const char *property, char *text,
                         size_t size)
{
    const struct lg_outcome *seen = &step->seen;
    if (seen->fault)
        snprintf(text, size, "fault %s", lg_faults[seen->fault].name);
    else if (property)
        snprintf(text, size, "another %s", property);
    else if (step->has_result)
        snprintf(text, size, "%s", lg_result_word(step->result));
    else if (seen->answer == LG_ANSWERS_BYTES && seen->form != LG_BYTES_GIVEN)
        snprintf(text, size, "%s", seen->form == LG_BYTES_NULL ? "Null" : "no protector");
    else if (seen->answer == LG_ANSWERS_BYTES)
        snprintf(text, size, "%s",
                 is_material(seen->symbol) && seen->symbol ? lg_materials[seen->symbol - 1].name
                                                           : "other bytes");
    else if (seen->answer == LG_ANSWERS_ERROR)
        snprintf(text, size, "%s", seen->form ? "an error text" : "Null");
    else
        snprintf(text, size, "return %u", seen->return_value);
}

static void write_what(const struct lg_call *call, const struct lg_side_step *a,
                       const struct lg_side_step *b, const char *property, char *what)
{
    char left[40], right[40];
    const struct lg_method_row *row = &lg_methods[call->method];
    bool fault = a->seen.fault || b->seen.fault;
    if (property && !fault) {
        snprintf(what, LG_WHAT_BYTES, "%.40s.%.40s", row->class_name, property);
        return;
    }
    write_answer(a, NULL, left, sizeof left);
    write_answer(b, NULL, right, sizeof right);
    if (!fault && !a->has_result && a->seen.answer == LG_ANSWERS_LIST)
        snprintf(what, LG_WHAT_BYTES, "%.40s: number of instances", row->class_name);
    else
        snprintf(what, LG_WHAT_BYTES, "%.38s: %.30s against %.30s", row->name, left, right);
}

void lg_offence_write(const struct lg_offence *offence, char text[LG_WHAT_BYTES])
{
    const char *name = lg_methods[offence->call.method].name;
    if (offence->why.found) {
        enum lg_site site = lg_slot_site(offence->why.slot);
        unsigned row = lg_sites[site].alternative + offence->why.alternative;
        snprintf(text, LG_WHAT_BYTES, "%.40s=%.40s", lg_sites[site].id, lg_alternatives[row].name);
    } else if (offence->seen.deviant)
        snprintf(text, LG_WHAT_BYTES, "%.40s.%.40s", lg_methods[offence->call.method].class_name,
                 lg_properties[offence->seen.deviant - 1].name);
    else
        snprintf(text, LG_WHAT_BYTES, "%.40s: %.60s", name, lg_clauses[offence->verdict.clause].id);
}

void lg_side_step_words(const struct lg_side *side, const struct lg_script *script, unsigned at,
                        char *words)
{
    static const char *const left_out = "left out: what it names is not there";
    const struct lg_side_step *step = &side->steps[at];
    const struct lg_call *call = &script->steps[at].call;
    char seen[LG_WORDS_BYTES];
    if (step->state == LG_STEP_LEFT_OUT || step->state == LG_STEP_REFUSED) {
        snprintf(words, LG_WORDS_BYTES, "%s",
                 step->state == LG_STEP_LEFT_OUT ? left_out : side->refusal);
        return;
    }
    if (step->state == LG_STEP_LOST) {
        snprintf(words, LG_WORDS_BYTES, "no reply");
        return;
    }
    if (step->seen.answer == LG_ANSWERS_INSTANCE && !step->seen.fault && !step->seen.deviant)
        lg_words_of_pattern(&step->seen, call, &side->names, seen);
    else
        lg_words_of_seen(&step->seen, call, &side->names, seen);
    if (step->has_result && step->seen.answer == LG_ANSWERS_JOB && !step->pending)
        snprintf(words, LG_WORDS_BYTES, "%.100s, its job: %s", seen, lg_result_word(step->result));
    else
        snprintf(words, LG_WORDS_BYTES, "%s", seen);
}

/* ---- the whole ---- */

static bool changes(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_METHOD &&
           call->method != LG_CALL_GET_KEY_PROTECTOR && call->method != LG_CALL_JOB_GET_ERROR &&
           call->method != LG_CALL_JOB_GET_ERROR_EX;
}

/* From here on the two may go apart without anybody having done wrong: work goes on beside the
 * script, or a request reached a job on one side only. */
static bool parts(const struct lg_call *call, const struct lg_side_step *a,
                  const struct lg_side_step *b)
{
    bool one_sided = a->state != b->state;
    return a->pending || b->pending || a->state == LG_STEP_LOST || b->state == LG_STEP_LOST ||
           a->state == LG_STEP_REFUSED || b->state == LG_STEP_REFUSED ||
           (one_sided && changes(call));
}

static struct lg_difference find_answers(const struct lg_script *script, const struct lg_side *a,
                                         const struct lg_side *b)
{
    struct lg_difference found = {.kind = LG_DIFFERENCE_NONE};
    struct bound bound = {.count = 0};
    for (unsigned i = 0; i < script->count; i++) {
        const struct lg_side_step *left = &a->steps[i], *right = &b->steps[i];
        const struct lg_call *call = &script->steps[i].call;
        const char *property = NULL;
        if (parts(call, left, right))
            break;
        if (left->state != LG_STEP_ANSWERED || right->state != LG_STEP_ANSWERED ||
            same_answer(&bound, call, left, right, &property))
            continue;
        found = (struct lg_difference){
            .kind = LG_DIFFERENCE_ALLOWED, .step = i, .method = call->method, .vm = call->vm};
        write_what(call, left, right, property, found.what);
        memcpy(found.key, found.what, sizeof found.key);
        break;
    }
    return found;
}

static void write_key(const struct lg_offence *offence, char key[LG_WHAT_BYTES])
{
    if (offence->why.found || offence->seen.deviant)
        lg_offence_write(offence, key);
    else
        snprintf(key, LG_WHAT_BYTES, "%s", lg_clauses[offence->verdict.clause].id);
}

struct lg_difference lg_offence_difference(const struct lg_side *side, unsigned letter)
{
    const struct lg_offence *offence = &side->offence;
    struct lg_difference found = {.kind = LG_DIFFERENCE_NONE};
    if (offence->kind == LG_VERDICT_CONFORMS)
        return found;
    found.kind =
        offence->kind == LG_VERDICT_VIOLATES ? LG_DIFFERENCE_FORBIDDEN : LG_DIFFERENCE_UNDETERMINED;
    found.guilty = letter;
    found.step = offence->step;
    found.method = offence->call.method;
    found.vm = offence->call.vm;
    lg_offence_write(offence, found.what);
    write_key(offence, found.key);
    return found;
}

static bool is_alike(const struct lg_offence *a, const struct lg_offence *b)
{
    char left[LG_WHAT_BYTES], right[LG_WHAT_BYTES];
    lg_offence_write(a, left);
    lg_offence_write(b, right);
    return a->step == b->step && strcmp(left, right) == 0;
}

static unsigned guilty_of(const struct lg_offence *a, const struct lg_offence *b, bool violates)
{
    unsigned guilty = 0;
    if (a->kind != LG_VERDICT_CONFORMS && (a->kind == LG_VERDICT_VIOLATES) == violates)
        guilty |= LG_GUILTY_A;
    if (b->kind != LG_VERDICT_CONFORMS && (b->kind == LG_VERDICT_VIOLATES) == violates)
        guilty |= LG_GUILTY_B;
    return guilty;
}

struct lg_difference lg_differ(const struct lg_script *script, const struct lg_side *a,
                               const struct lg_side *b, bool *alike)
{
    struct lg_difference found = find_answers(script, a, b);
    const struct lg_offence *left = &a->offence, *right = &b->offence;
    unsigned violates = guilty_of(left, right, true);
    unsigned guilty = violates ? violates : guilty_of(left, right, false);
    *alike = guilty == (LG_GUILTY_A | LG_GUILTY_B) && is_alike(left, right);
    if (!guilty || *alike)
        return found;
    found = lg_offence_difference(guilty & LG_GUILTY_A ? a : b, guilty);
    return found;
}
