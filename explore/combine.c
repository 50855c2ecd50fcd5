/* From covering arrays to vectors. */
#include "combine.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/progress.h"
#include "draft.h"
#include "model/blob.h"
#include "model/trace.h"

enum { ROWS_MAX = 2048, ROWS_OF_SCRIPT = 8, SETUP_MAX = 4 };
enum {
    TPM = 1u << LG_SETTING_TPM_ENABLED,
    KSD = 1u << LG_SETTING_KSD_ENABLED,
    SHIELDING = 1u << LG_SETTING_SHIELDING_REQUESTED,
    LATER = 1u << LG_SETTING_APP_CONTAINER_LAUNCH_OPT_OUT
};

/* ---- levels ---- */

/* What SecuritySettingData is: a text, or an instance that names its VM so. */
static const struct {
    uint8_t text;
    uint8_t identity;
} settings[] = {{LG_TEXT_IS_instance, LG_ID_EXACT},
                {LG_TEXT_IS_null, 0},
                {LG_TEXT_IS_truncated, 0},
                {LG_TEXT_IS_other_class, 0},
                {LG_TEXT_IS_too_long, 0},
                {LG_TEXT_IS_duplicate, 0},
                {LG_TEXT_IS_wrong_type, 0},
                {LG_TEXT_IS_unknown_property, 0},
                {LG_TEXT_IS_instance, LG_ID_OTHER_CASE},
                {LG_TEXT_IS_instance, LG_ID_WITHOUT_LAST_PART},
                {LG_TEXT_IS_instance, LG_ID_MISSING},
                {LG_TEXT_IS_instance, LG_ID_UNKNOWN},
                {LG_TEXT_IS_instance, LG_ID_CHECKPOINT},
                {LG_TEXT_IS_instance, LG_ID_DEFINITION}};
enum { SETTINGS = sizeof settings / sizeof settings[0] };

/* Bytes of every shape, and on both sides of the bounds between them. */
static const uint8_t materials[] = {
    LG_MATERIAL_P1,          LG_MATERIAL_P2,       LG_MATERIAL_empty,      LG_MATERIAL_one_byte,
    LG_MATERIAL_three_bytes, LG_MATERIAL_unset,    LG_MATERIAL_four_zeros, LG_MATERIAL_five_bytes,
    LG_MATERIAL_opaque,      LG_MATERIAL_over_long};
enum { MATERIALS = sizeof materials };

static const struct {
    uint8_t present;
    uint8_t values;
} changes[] = {{0, 0},        {TPM, TPM},
               {TPM, 0},      {SHIELDING, SHIELDING},
               {KSD, KSD},    {TPM | SHIELDING, TPM | SHIELDING},
               {LATER, LATER}};
enum { CHANGES = sizeof changes / sizeof changes[0] };

#define CALL(...)                                                                                  \
    {                                                                                              \
        .method = LG_CALL_##__VA_ARGS__                                                            \
    }

/* VMs, each with the calls that make it; there is a checkpoint that a text may name. */
static const struct vm {
    const char *word;
    const char *phrase;
    unsigned count;
    struct lg_call setup[SETUP_MAX];
} vms[] = {
    {"off", "a VM that is off", 2, {CALL(VM_CREATED, .requested = 2), CALL(CHECKPOINT_TAKEN)}},
    {"sealed",
     "a VM with a protector and a TPM",
     4,
     {CALL(VM_CREATED, .requested = 2), CALL(CHECKPOINT_TAKEN),
      CALL(SET_KEY_PROTECTOR, .symbol = LG_MATERIAL_P1 + 1),
      CALL(MODIFY_SECURITY_SETTINGS, .present = TPM, .values = TPM)}},
    {"running",
     "a running VM",
     3,
     {CALL(VM_CREATED, .requested = 2), CALL(CHECKPOINT_TAKEN),
      CALL(VM_REQUEST_STATE_CHANGE, .requested = 2)}},
    {"old", "a VM of generation 1", 2, {CALL(VM_CREATED, .requested = 1), CALL(CHECKPOINT_TAKEN)}},
    {"planned",
     "a planned VM",
     2,
     {CALL(VM_CREATED, .requested = 2, .other = LG_VM_PLANNED), CALL(CHECKPOINT_TAKEN)}}};
enum { VMS = sizeof vms / sizeof vms[0] };

static const uint8_t of_bytes[] = {LG_CALL_SET_KEY_PROTECTOR, LG_CALL_SET_SECURITY_POLICY};
static const uint8_t of_settings[] = {LG_CALL_MODIFY_SECURITY_SETTINGS,
                                      LG_CALL_RESTORE_LAST_KNOWN_GOOD, LG_CALL_GET_KEY_PROTECTOR};

/* Factors in this order: the VM, the method, the setting, then bytes or changes. */
enum { VM, METHOD, SETTING, VALUE, FACTORS };
static const struct array {
    const uint8_t *methods;
    uint8_t levels[FACTORS];
} arrays[] = {{of_bytes, {VMS, sizeof of_bytes, SETTINGS, MATERIALS}},
              {of_settings, {VMS, sizeof of_settings, SETTINGS, CHANGES}}};

static struct lg_call call_of_row(const struct array *array, const struct lg_row *row)
{
    struct lg_call call = {.method = array->methods[row->level[METHOD]]};
    uint8_t text = settings[row->level[SETTING]].text;
    lg_call_set_text(&call, (enum lg_text_id)text);
    call.identity = settings[row->level[SETTING]].identity;
    if (array->methods == of_bytes) {
        uint8_t material = materials[row->level[VALUE]];
        call.symbol = (uint16_t)(material + 1);
        call.blob = (uint8_t)lg_material_shape((enum lg_material)material);
    } else if (text == LG_TEXT_IS_instance && call.method != LG_CALL_GET_KEY_PROTECTOR) {
        call.present = changes[row->level[VALUE]].present;
        call.values = changes[row->level[VALUE]].values;
    }
    return call;
}

/* ---- scripts ---- */

static bool add_call(struct lg_draft *draft, const struct lg_call *call)
{
    int node = lg_draft_add(draft, call, false);
    if (node < 0)
        return false;
    lg_draft_go_on(draft, (unsigned)node);
    return !draft->full;
}

/* On the way to a VM only success goes on. */
static bool add_setup(struct lg_draft *draft, const struct vm *vm)
{
    for (unsigned i = 0; i < vm->count; i++) {
        int node = lg_draft_add(draft, &vm->setup[i], false);
        if (node < 0)
            return false;
        for (unsigned edge = 0; edge < draft->vector.nodes[node].edge_count; edge++)
            if (lg_draft_is_success(draft, (unsigned)node, edge)) {
                lg_draft_keep_only(draft, (unsigned)node, edge);
                break;
            }
        lg_draft_go_on(draft, (unsigned)node);
    }
    return !draft->full;
}

struct batch {
    struct lg_generation *generation;
    const struct array *array;
    const struct lg_row *const *rows;
    const struct vm *vm;
};

static void name_batch(const struct batch *batch, struct lg_draft *draft, unsigned count)
{
    struct lg_vector *vector = &draft->vector;
    snprintf(vector->id, sizeof vector->id, "full-combined-%s-%08x", batch->vm->word,
             lg_generation_hash(batch->generation, draft));
    snprintf(vector->title, sizeof vector->title, "%u combinations of arguments, of %s", count,
             batch->vm->phrase);
    vector->clauses[0] = LG_CLAUSE_failure_changes_nothing;
    vector->clause_count = 1;
}

enum making { MADE, TOO_MANY, NOT_WRITTEN };

/* One script of so many rows, and what they left behind. */
static enum making make_script(const struct batch *batch, unsigned count)
{
    static const struct lg_call looks[] = {CALL(GET_KEY_PROTECTOR), CALL(READ_SECURITY_SETTING)};
    struct lg_draft *draft = malloc(sizeof *draft);
    enum making making = TOO_MANY;
    bool good = draft && lg_draft_init(draft, &batch->generation->names, false) &&
                add_setup(draft, batch->vm);
    for (unsigned i = 0; good && i < count; i++) {
        struct lg_call call = call_of_row(batch->array, batch->rows[i]);
        good = add_call(draft, &call);
    }
    for (unsigned i = 0; good && i < sizeof looks / sizeof looks[0]; i++)
        good = add_call(draft, &looks[i]);
    if (good && lg_draft_finish(draft)) {
        name_batch(batch, draft, count);
        making = lg_generation_write(batch->generation, draft) ? MADE : NOT_WRITTEN;
    }
    if (draft)
        lg_draft_free(draft);
    free(draft);
    return making;
}

/* The rows of one VM, as many in a script as histories allow. */
static bool make_scripts(struct batch *batch, unsigned count)
{
    unsigned at = 0;
    while (at < count) {
        unsigned size = count - at < ROWS_OF_SCRIPT ? count - at : ROWS_OF_SCRIPT;
        enum making making = make_script(batch, size);
        while (making == TOO_MANY && size > 1) {
            size = (size + 1) / 2;
            making = make_script(batch, size);
        }
        if (making == NOT_WRITTEN)
            return false;
        batch->generation->given_up += making == TOO_MANY;
        batch->rows += size;
        at += size;
    }
    return true;
}

static bool combine_array(struct lg_generation *generation, const struct array *array,
                          FILE *progress)
{
    struct lg_row *rows = calloc(ROWS_MAX, sizeof *rows);
    const struct lg_row **chosen = calloc(ROWS_MAX, sizeof *chosen);
    bool made = rows && chosen;
    unsigned count = made ? lg_cover_three(array->levels, FACTORS, rows, ROWS_MAX) : 0;
    for (uint8_t vm = 0; made && vm < VMS; vm++) {
        struct batch batch = {generation, array, chosen, &vms[vm]};
        unsigned of_vm = 0;
        for (unsigned i = 0; i < count; i++)
            if (rows[i].level[VM] == vm)
                chosen[of_vm++] = &rows[i];
        made = make_scripts(&batch, of_vm);
        lg_progress_show(progress, "generate: %u combinations of %s, %u vectors, %u given up",
                         of_vm, vms[vm].phrase, generation->vectors, generation->given_up);
    }
    free(rows);
    free(chosen);
    return made;
}

bool lg_combine(struct lg_generation *generation, FILE *progress)
{
    bool made = true;
    for (size_t i = 0; made && i < sizeof arrays / sizeof arrays[0]; i++)
        made = combine_array(generation, &arrays[i], progress);
    return made;
}
