/* Scripts from a seed and the model. */
#include "script_maker.h"

#include <string.h>

#include "target.h"

enum {
    PROPOSALS = 6,
    LENGTH_FIRST = 4,
    LENGTH_MAX = 24,
    SCRIPTS_A_CALL = 40, /* after so many scripts they may be one call longer */
    TAPE_BYTES = 32,
    WEIGHT_MAX = 64,
    BIG_BYTES = 100000 /* longer materials are rare: they are slow on a wire */
};

/* One script at work: the model's world beside it. */
struct world {
    struct lg_script_maker *maker;
    struct lg_script *script;
    struct lg_cell host;
    struct lg_cell vms[LG_MAKER_VMS];
    uint16_t label_vms[LG_SCRIPT_LABELS];
    uint16_t labels;
    unsigned vm_count;
    bool settled; /* jobs are followed to their ends */
};

/* Proposed more often than once in a while. */
static const struct {
    uint8_t method;
    uint8_t weight;
} often[] = {
    {LG_CALL_GET_KEY_PROTECTOR, 6},
    {LG_CALL_SET_KEY_PROTECTOR, 14},
    {LG_CALL_SET_SECURITY_POLICY, 4},
    {LG_CALL_RESTORE_LAST_KNOWN_GOOD, 8},
    {LG_CALL_MODIFY_SECURITY_SETTINGS, 18},
    {LG_CALL_VM_REQUEST_STATE_CHANGE, 16},
    {LG_CALL_JOB_REQUEST_STATE_CHANGE, 3},
    {LG_CALL_READ_SECURITY_SETTING, 4},
    {LG_CALL_READ_TPM_SETTING, 2},
    {LG_CALL_READ_SECURITY_ELEMENT, 2},
    {LG_CALL_READ_VM, 2},
    {LG_CALL_READ_JOB, 4},
    {LG_CALL_JOB_GET_ERROR, 2},
    {LG_CALL_TIME_PASSES, 2},
    {LG_CALL_CAUSE_APPEARS, 2},
    {LG_CALL_CAUSE_ENDS, 2},
    {LG_CALL_CHECKPOINT_TAKEN, 2},
    {LG_CALL_CHECKPOINT_APPLIED, 3},
    {LG_CALL_VM_EXPORTED, 2},
    {LG_CALL_VM_IMPORTED, 2},
    {LG_CALL_GUEST_SHUTS_DOWN, 2},
    {LG_CALL_VM_RELEASED, 2},
    {LG_CALL_PROTECTOR_UNUSABLE, 3},
    {LG_CALL_PROTECTOR_USABLE, 2},
};

void lg_script_maker_init(struct lg_script_maker *maker, uint64_t seed, unsigned capabilities)
{
    memset(maker, 0, sizeof *maker);
    lg_profile_load(&maker->profile, LG_PROFILE_documented, LG_TAG_CONFORMS);
    maker->random = (seed + 1) * 0x9E3779B97F4A7C15u;
    maker->capabilities = capabilities;
    maker->length_max = LENGTH_MAX;
    for (unsigned i = 0; i < LG_METHOD_COUNT; i++)
        maker->weights[i] = 1;
    for (unsigned i = 0; i < sizeof often / sizeof often[0]; i++)
        maker->weights[often[i].method] = often[i].weight;
    maker->weights[LG_CALL_INSPECT] = 0;
}

void lg_script_maker_differed(struct lg_script_maker *maker, uint8_t method)
{
    if (maker->weights[method] && maker->weights[method] < WEIGHT_MAX)
        maker->weights[method] += 1 + maker->weights[method] / 8;
}

/* xorshift64*. */
static uint64_t next_random(struct lg_script_maker *maker)
{
    maker->random ^= maker->random >> 12;
    maker->random ^= maker->random << 25;
    maker->random ^= maker->random >> 27;
    return maker->random * 0x2545F4914F6CDD1Du;
}

static unsigned below(struct world *world, unsigned bound)
{
    return (unsigned)((next_random(world->maker) >> 32) % bound);
}

/* ---- transitions ---- */

static uint32_t symbol_shape(const struct lg_vm *vm, uint16_t symbol)
{
    if (symbol == LG_SYMBOL_NONE)
        return 0;
    return 1u | (uint32_t)(symbol == vm->vault.current) << 1 |
           (uint32_t)(symbol == vm->vault.last_known_good) << 2 |
           (uint32_t)(symbol == vm->vault.seal) << 3 | (uint32_t)lg_vm_is_usable(vm, symbol) << 4;
}

static uint32_t jobs_shape(const struct lg_cell *cell)
{
    uint32_t live = 0, ended = 0;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        live += lg_job_is_live(&cell->jobs[i]);
        ended += lg_job_has_ended(&cell->jobs[i]) && !ended;
    }
    return live << 1 | ended;
}

static uint32_t mix(uint32_t hash, uint32_t word)
{
    hash = (hash ^ word) * 0x85EBCA6Bu;
    return hash ^ hash >> 15;
}

/* Where the call met the VM, what it was, and how it ended. */
static uint32_t transition(const struct lg_cell *before, const struct lg_call *call,
                           const struct lg_outcome *outcome)
{
    const struct lg_vm *vm = &before->vm;
    const uint32_t words[] = {
        (uint32_t)(vm->kind << 16 | vm->power << 12 | vm->generation << 8 | vm->flags),
        symbol_shape(vm, vm->vault.current) << 16 |
            symbol_shape(vm, vm->vault.last_known_good) << 8 | symbol_shape(vm, vm->vault.seal),
        (uint32_t)(vm->vault.settings << 8) | (vm->vault.policy != 0),
        (uint32_t)(before->host.role << 16 | before->host.version << 8 | before->host.flags),
        jobs_shape(before) << 8 | (before->host.armed != 0),
        (uint32_t)(call->method << 16 | call->setting << 8 | call->identity),
        (uint32_t)(call->blob << 16 | call->timeout << 8 | (call->requested & 0xFF)),
        (uint32_t)(call->present << 8 | call->values),
        symbol_shape(vm, call->symbol),
        (uint32_t)(outcome->fault << 16 | outcome->cause),
        (uint32_t)(outcome->clause << 16) | (outcome->return_value & 0xFFFF),
    };
    uint32_t hash = 0x811C9DC5u;
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        hash = mix(hash, words[i]);
    return hash % LG_MAKER_FEATURES;
}

/* ---- the model's world ---- */

static struct lg_cell *cell_of(struct world *world, const struct lg_call *call)
{
    return call->vm < LG_MAKER_VMS ? &world->vms[call->vm] : &world->host;
}

static bool is_of_host(const struct lg_call *call)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    return row->kind == LG_KIND_EVENT && row->target == LG_TARGET_HOST;
}

/* Steps a cell as the call would; its hash. Jobs are started by the tape's bytes only. */
static uint32_t step(struct world *world, struct lg_cell *cell, struct lg_call call,
                     const uint8_t *bytes)
{
    struct lg_outcome outcome, pattern;
    struct lg_cell before = *cell;
    struct lg_job evicted;
    struct lg_tape tape;
    if (call.method == LG_CALL_VM_IMPORTED)
        lg_call_import(&call, &world->vms[call.other % LG_MAKER_VMS].vm);
    lg_tape_start(&tape, &world->maker->profile, &world->maker->readings, bytes,
                  world->settled ? 0 : TAPE_BYTES);
    lg_step(cell, &call, NULL, &tape, &outcome, &evicted);
    pattern = outcome;
    lg_outcome_pick(&outcome, &call, &tape);
    lg_cell_learn(cell, &call, &pattern, &outcome);
    return transition(&before, &call, &pattern);
}

static void take(struct world *world, const struct lg_call *call, const uint8_t *bytes)
{
    struct lg_script_maker *maker = world->maker;
    uint32_t hash = step(world, cell_of(world, call), *call, bytes);
    maker->transitions += maker->seen[hash] == 0;
    if (maker->seen[hash] < UINT16_MAX)
        maker->seen[hash]++;
    for (unsigned i = 0; is_of_host(call) && i < world->vm_count; i++)
        step(world, &world->vms[i], *call, bytes);
    if (lg_call_makes_vm(call->method))
        world->vm_count++;
    if (call->new_job) {
        world->labels = call->new_job;
        world->label_vms[call->new_job] = call->vm;
    }
    lg_script_add(world->script, call, world->settled && lg_call_may_start_job(call));
}

/* ---- proposals ---- */

static bool can(const struct world *world, uint8_t method)
{
    const struct lg_method_row *row = &lg_methods[method];
    unsigned capabilities = world->maker->capabilities;
    bool new_vm = world->vm_count < LG_MAKER_VMS;
    if (row->kind == LG_KIND_EVENT && !(capabilities & LG_CAN_EVENTS))
        return false;
    if (method == LG_CALL_TIME_PASSES && !(capabilities & LG_CAN_CLOCK))
        return false;
    if (method >= LG_CALL_PROTECTOR_UNUSABLE && method <= LG_CALL_PROTECTORS_SHARE_OWNER &&
        !(capabilities & LG_CAN_MATERIAL))
        return false;
    if (method == LG_CALL_VM_IMPORTED)
        return new_vm && world->vms[0].vm.flags & LG_VM_HAS_EXPORT;
    if (lg_call_makes_vm(method))
        return new_vm;
    return row->target == LG_TARGET_JOB ? world->labels > 0 : true;
}

/* What was broken is made whole again half of the time, else little else would be seen. */
static int repair_of(const struct world *world)
{
    const struct lg_host_word *host = &world->host.host;
    if (host->flags & LG_HOST_PROVIDER_DOWN)
        return LG_CALL_PROVIDER_STARTS;
    if (host->flags & LG_HOST_SERVICE_STOPPED)
        return LG_CALL_SERVICE_STARTED;
    if (host->role != LG_ROLE_ADMINISTRATOR)
        return LG_CALL_CALLER_CHANGES;
    return host->armed ? LG_CALL_CAUSE_ENDS : -1;
}

static uint8_t pick_method(struct world *world)
{
    const uint32_t *weights = world->maker->weights;
    int repair = repair_of(world);
    uint32_t sum = 0;
    if (repair >= 0 && below(world, 2) && can(world, (uint8_t)repair))
        return (uint8_t)repair;
    for (uint8_t i = 0; i < LG_METHOD_COUNT; i++)
        sum += can(world, i) ? weights[i] : 0;
    uint32_t at = below(world, sum);
    uint8_t method = 0;
    for (uint8_t i = 0; i < LG_METHOD_COUNT; i++) {
        uint32_t own = can(world, i) ? weights[i] : 0;
        if (at < own) {
            method = i;
            break;
        }
        at -= own;
    }
    return method;
}

/* RequestedState values worth asking for; any number now and then. */
static uint16_t pick_request(struct world *world, uint8_t method)
{
    static const uint16_t of_vms[] = {2, 3, 2, 3, 2, 3, 6, 9, 11, 10, 4};
    static const uint16_t of_others[] = {2, 3, 4, 5, 3, 4, 10, 11, 6};
    if (below(world, 24) == 0)
        return (uint16_t)below(world, 65536);
    return method == LG_CALL_VM_REQUEST_STATE_CHANGE
               ? of_vms[below(world, sizeof of_vms / sizeof of_vms[0])]
               : of_others[below(world, sizeof of_others / sizeof of_others[0])];
}

static uint16_t pick_material(struct world *world)
{
    if (below(world, 12) == 0) /* they differ in their last byte */
        return (uint16_t)((below(world, 2) ? LG_MATERIAL_twin : LG_MATERIAL_twin_last) + 1);
    if (below(world, 6))
        return (uint16_t)(LG_MATERIAL_P1 + 1 + below(world, 4));
    unsigned material = below(world, LG_MATERIAL_COUNT);
    if (lg_materials[material].length > BIG_BYTES && below(world, 16))
        material = LG_MATERIAL_b255;
    return (uint16_t)(material + 1);
}

static void fill_bytes(struct world *world, struct lg_call *call)
{
    call->blob = LG_BLOB_NULL;
    if (below(world, 24) == 0) {
        call->blob = below(world, 2) ? LG_BLOB_NULL : LG_BLOB_WRONG_TYPE;
        return;
    }
    call->symbol = pick_material(world);
    call->blob = (uint8_t)lg_material_shape((enum lg_material)(call->symbol - 1));
}

/* The text of SecuritySettingData: mostly the VM's own instance as it should be. */
static void fill_setting(struct world *world, struct lg_call *call)
{
    enum { ODD = 10, RARE = 50 };
    lg_call_set_text(call, LG_TEXT_IS_instance);
    if (below(world, ODD) == 0)
        lg_call_set_text(call, (enum lg_text_id)below(world, LG_TEXT_COUNT));
    if (call->text == LG_TEXT_IS_ten_megabytes && below(world, RARE))
        lg_call_set_text(call, LG_TEXT_IS_too_long);
    if (call->setting == LG_TEXT_WELL_FORMED && below(world, ODD) == 0)
        call->identity = (uint8_t)below(world, LG_IDENTITY_COUNT);
    bool sets = call->method == LG_CALL_MODIFY_SECURITY_SETTINGS || below(world, ODD) == 0;
    if (call->setting != LG_TEXT_WELL_FORMED || !sets)
        return;
    for (unsigned i = 1 + below(world, 3); i > 0; i--)
        call->present |= (uint8_t)(1u << below(world, below(world, 2) ? 3 : LG_SETTING_COUNT));
    call->values = call->present;
    if (below(world, 3) == 0)
        call->values &= (uint8_t)below(world, 256);
    if (call->text == LG_TEXT_IS_wrong_type) /* it has this one already, as a text */
        call->present &= (uint8_t) ~(1u << LG_SETTING_BIND_TO_HOST_TPM);
    call->values &= call->present;
}

static void fill_host_event(struct world *world, struct lg_call *call)
{
    static const uint32_t spans[] = {1000, 60000, 299999, 300000, 300001, 3600000};
    uint32_t armed = world->host.host.armed;
    switch (call->method) {
    case LG_CALL_TIME_PASSES: call->amount = spans[below(world, 6)]; return;
    case LG_CALL_CALLER_CHANGES:
        call->requested = (uint16_t)(below(world, 2) ? 0 : below(world, LG_ROLE_COUNT));
        return;
    case LG_CALL_HOST_CHANGES:
        call->requested = (uint16_t)below(world, LG_HOST_VERSION_COUNT);
        call->flags = below(world, 4) ? 0 : (uint8_t)below(world, 4);
        return;
    case LG_CALL_CAUSE_APPEARS:
    case LG_CALL_CAUSE_ENDS:
        call->requested = (uint16_t)(LG_MEANING_JOB_STARTED + 1 +
                                     below(world, LG_MEANING_COUNT - LG_MEANING_JOB_STARTED - 1));
        if (call->method == LG_CALL_CAUSE_ENDS && armed)
            call->requested = (uint16_t)__builtin_ctz(armed);
        return;
    default: return;
    }
}

static void fill_vm_event(struct world *world, struct lg_call *call)
{
    switch (call->method) {
    case LG_CALL_VM_CREATED:
        call->requested = below(world, 6) ? 2 : 1;
        call->other = below(world, 8) ? 0 : LG_VM_PLANNED;
        call->flags = below(world, 8) ? 0 : LG_VM_OLD_VERSION;
        return;
    case LG_CALL_VM_IMPORTED: call->requested = 2; return;
    case LG_CALL_PROTECTORS_SHARE_OWNER: call->other = pick_material(world); /* fall through */
    case LG_CALL_PROTECTOR_UNUSABLE:
    case LG_CALL_PROTECTOR_USABLE: call->symbol = pick_material(world); return;
    default: return;
    }
}

static void fill_arguments(struct world *world, struct lg_call *call)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    if (row->kind == LG_KIND_EVENT && row->target == LG_TARGET_HOST)
        fill_host_event(world, call);
    else if (row->kind == LG_KIND_EVENT)
        fill_vm_event(world, call);
    else if (row->target == LG_TARGET_SERVICE)
        fill_setting(world, call);
    else if (call->method == LG_CALL_DEFINE_SYSTEM)
        call->requested = 2;
    else if (row->kind == LG_KIND_METHOD)
        call->requested = pick_request(world, call->method);
    if (call->method == LG_CALL_SET_KEY_PROTECTOR || call->method == LG_CALL_SET_SECURITY_POLICY)
        fill_bytes(world, call);
}

static void propose(struct world *world, uint8_t method, struct lg_call *call)
{
    const struct lg_method_row *row = &lg_methods[method];
    uint8_t bytes[LG_STEP_BYTES];
    struct lg_call filled = {.method = method};
    fill_arguments(world, &filled);
    lg_script_call_bytes(&filled, bytes);
    lg_script_call(bytes, call);
    call->symbol = filled.symbol;
    if (row->target == LG_TARGET_JOB) {
        call->job = (uint16_t)(1 + below(world, world->labels));
        call->vm = world->label_vms[call->job];
    } else if (lg_call_makes_vm(method))
        call->vm = (uint16_t)world->vm_count;
    else if (row->target != LG_TARGET_HOST)
        call->vm = (uint16_t)below(world, world->vm_count);
    if (lg_call_may_start_job(call))
        call->new_job = (uint16_t)(world->labels + 1);
}

/* Of several calls the one whose transition was taken least. */
static void add_call(struct world *world)
{
    uint16_t *seen = world->maker->seen;
    struct lg_call best, call;
    uint8_t best_bytes[TAPE_BYTES], bytes[TAPE_BYTES];
    unsigned least = UINT16_MAX + 1u;
    for (unsigned i = 0; i < PROPOSALS && least > 0; i++) {
        propose(world, pick_method(world), &call);
        for (unsigned k = 0; k < TAPE_BYTES; k++)
            bytes[k] = (uint8_t)below(world, 256);
        struct lg_cell cell = *cell_of(world, &call);
        uint32_t hash = step(world, &cell, call, bytes);
        if (seen[hash] >= least)
            continue;
        least = seen[hash];
        best = call;
        memcpy(best_bytes, bytes, sizeof bytes);
    }
    take(world, &best, best_bytes);
}

static void add_plain(struct world *world, uint8_t method, uint16_t vm, uint16_t requested)
{
    static const uint8_t zeros[TAPE_BYTES];
    struct lg_call call = {.method = method, .vm = vm, .requested = requested};
    if (lg_methods[method].target == LG_TARGET_HOST)
        call.vm = LG_VM_HOST;
    if (lg_call_may_start_job(&call))
        call.new_job = (uint16_t)(world->labels + 1);
    if (method != LG_CALL_HOST_CHANGES || world->maker->capabilities & LG_CAN_EVENTS)
        take(world, &call, zeros);
}

/* What leads to a last known good protector and back to it: chance alone comes there too seldom. */
static const struct lg_call story[] = {
    {.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = LG_MATERIAL_P1 + 1, .blob = LG_BLOB_PLAIN},
    {.method = LG_CALL_GET_KEY_PROTECTOR},
    {.method = LG_CALL_MODIFY_SECURITY_SETTINGS,
     .present = 1u << LG_SETTING_TPM_ENABLED,
     .values = 1u << LG_SETTING_TPM_ENABLED},
    {.method = LG_CALL_VM_REQUEST_STATE_CHANGE, .requested = 2},
    {.method = LG_CALL_VM_REQUEST_STATE_CHANGE, .requested = 3},
    {.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = LG_MATERIAL_P2 + 1, .blob = LG_BLOB_PLAIN},
    {.method = LG_CALL_RESTORE_LAST_KNOWN_GOOD},
};

/* The beginning of the story, with something else in between now and then. */
static void tell_story(struct world *world, uint16_t vm)
{
    static const uint8_t zeros[TAPE_BYTES];
    unsigned length = below(world, 1 + sizeof story / sizeof story[0]);
    for (unsigned i = 0; i < length; i++) {
        struct lg_call call = story[i];
        call.vm = vm;
        if (lg_call_may_start_job(&call))
            call.new_job = (uint16_t)(world->labels + 1);
        take(world, &call, zeros);
        if (below(world, 6) == 0)
            add_call(world);
    }
}

/* What shows at once what a call did, now and then. */
static void look_after(struct world *world, const struct lg_call *call)
{
    static const uint8_t zeros[TAPE_BYTES];
    static const uint8_t looks[LG_METHOD_COUNT] = {
        [LG_CALL_SET_KEY_PROTECTOR] = LG_CALL_GET_KEY_PROTECTOR,
        [LG_CALL_RESTORE_LAST_KNOWN_GOOD] = LG_CALL_GET_KEY_PROTECTOR,
        [LG_CALL_MODIFY_SECURITY_SETTINGS] = LG_CALL_READ_SECURITY_SETTING,
        [LG_CALL_VM_REQUEST_STATE_CHANGE] = LG_CALL_READ_VM,
        [LG_CALL_TIME_PASSES] = LG_CALL_READ_JOB,
        [LG_CALL_JOB_REQUEST_STATE_CHANGE] = LG_CALL_READ_JOB,
        [LG_CALL_KILL_JOB] = LG_CALL_READ_JOB,
    };
    struct lg_call look = {.method = looks[call->method], .vm = call->vm};
    bool sees = looks[call->method] || call->method == LG_CALL_SET_KEY_PROTECTOR ||
                call->method == LG_CALL_RESTORE_LAST_KNOWN_GOOD;
    if (!sees || below(world, 3))
        return;
    if (look.method == LG_CALL_READ_JOB) {
        look.job = call->job ? call->job : world->labels;
        look.vm = world->label_vms[look.job];
        if (!look.job)
            return;
    }
    take(world, &look, zeros);
}

/* A host, and the VMs that a script is about. */
static void begin(struct world *world)
{
    bool events = world->maker->capabilities & LG_CAN_EVENTS;
    unsigned vms = below(world, 4) ? 1 : 2;
    if (below(world, 4) == 0)
        add_plain(world, LG_CALL_HOST_CHANGES, LG_VM_HOST, (uint16_t)below(world, LG_HOST_BELOW));
    for (uint16_t i = 0; i < vms; i++)
        add_plain(world, events ? LG_CALL_VM_CREATED : LG_CALL_DEFINE_SYSTEM, i,
                  below(world, 12) ? 2 : 1);
}

/* What shows a wrong effect. */
static void end(struct world *world)
{
    for (uint16_t vm = 0; vm < world->vm_count; vm++) {
        add_plain(world, LG_CALL_GET_KEY_PROTECTOR, vm, 0);
        add_plain(world, LG_CALL_READ_SECURITY_SETTING, vm, 0);
        add_plain(world, LG_CALL_READ_VM, vm, 0);
    }
}

void lg_script_make(struct lg_script_maker *maker, struct lg_script *script)
{
    struct world world = {.maker = maker, .script = script};
    unsigned longest = LENGTH_FIRST + (unsigned)(maker->made / SCRIPTS_A_CALL);
    if (longest > maker->length_max)
        longest = maker->length_max;
    lg_script_clear(script, "script %llu", (unsigned long long)++maker->made);
    world.settled = below(&world, 5) > 0;
    begin(&world);
    for (uint16_t vm = 0; vm < world.vm_count; vm++)
        if (below(&world, 2))
            tell_story(&world, vm);
    for (unsigned i = 2 + below(&world, longest); i > 0; i--) {
        add_call(&world);
        look_after(&world, &script->steps[script->count - 1].call);
    }
    end(&world);
}
