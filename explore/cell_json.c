/* Cells as JSON, for people and for a second reader. */
#include "script.h"

static const char *const power_words[LG_POWER_COUNT] = {"off", "running", "paused", "saved"};
static const char *const kind_words[] = {"none", "realized", "planned"};

static json_t *symbol(uint16_t value, const struct lg_names *names)
{
    if (value == LG_SYMBOL_NONE)
        return json_null();
    if (value >= LG_SYMBOL_UNSEEN)
        return json_sprintf("U%u", (unsigned)(value - LG_SYMBOL_UNSEEN));
    return lg_symbol_to_json(value, names);
}

static json_t *vault_to_json(const struct lg_vault *vault, const struct lg_names *names)
{
    json_t *settings = json_array();
    for (unsigned i = 0; i < LG_SETTING_COUNT; i++)
        if (vault->settings >> i & 1)
            json_array_append_new(settings, json_string(lg_setting_names[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "current", symbol(vault->current, names),
                     "last_known_good", symbol(vault->last_known_good, names), "policy",
                     symbol(vault->policy, names), "seal", symbol(vault->seal, names), "settings",
                     settings);
}

static json_t *relations(const struct lg_vm *vm, const struct lg_names *names)
{
    json_t *pairs = json_array();
    for (unsigned i = 0; i < LG_OWNER_PAIRS_MAX && vm->same_owner[i][0]; i++)
        json_array_append_new(pairs, json_pack("[o, o]", symbol(vm->same_owner[i][0], names),
                                               symbol(vm->same_owner[i][1], names)));
    return pairs;
}

static json_t *vm_to_json(const struct lg_vm *vm, const struct lg_names *names)
{
    if (vm->kind == LG_VM_NONE)
        return json_null();
    return json_pack("{s:s, s:s, s:i, s:b, s:b, s:b, s:o, s:o, s:o}", "kind", kind_words[vm->kind],
                     "power", power_words[vm->power], "generation", vm->generation, "held",
                     vm->flags & LG_VM_HELD, "shielded", vm->flags & LG_VM_SHIELDED, "encrypted",
                     vm->flags & LG_VM_ENCRYPTED, "vault", vault_to_json(&vm->vault, names),
                     "started_with", symbol(vm->started_with, names), "same_owner",
                     relations(vm, names));
}

static const char *cause_name(const struct lg_job *job)
{
    return lg_causes[job->error].name;
}

static json_t *job_to_json(const struct lg_job *job, uint64_t now, const struct lg_names *names)
{
    bool open = job->flags & LG_JOB_ERROR_OPEN;
    json_t *json = json_pack(
        "{s:i, s:s, s:s, s:i, s:b, s:b, s:b, s:b, s:b, s:b, s:i, s:i, s:i, s:i, s:o, s:i}", "name",
        job->name, "class", lg_methods[job->method].class_name, "method",
        lg_methods[job->method].name, "state", (int)lg_job_state_number(job->state), "took_effect",
        job->flags & LG_JOB_TOOK_EFFECT, "will_fail", job->flags & LG_JOB_WILL_FAIL,
        "will_terminate", job->flags & LG_JOB_WILL_TERMINATE, "will_be_killed",
        job->flags & LG_JOB_WILL_BE_KILLED, "end_seen", job->flags & LG_JOB_END_SEEN, "stray",
        job->flags & LG_JOB_STRAY, "percent", job->percent, "requested", job->requested, "present",
        job->present, "values", job->values, "argument", symbol(job->argument, names),
        "age_last_alive", (int)(now - job->ended_from));
    if (lg_job_has_ended(job))
        json_object_set_new(json, "age_seen_ended",
                            json_integer((json_int_t)(now - job->ended_to)));
    if (open)
        json_object_set_new(json, "cause", json_string(cause_name(job)));
    else if (job->error || job->error_to)
        json_object_set_new(json, "error",
                            json_pack("[I, I]", (json_int_t)job->error, (json_int_t)job->error_to));
    return json;
}

json_t *lg_cell_to_json(const struct lg_cell *cell, const struct lg_names *names)
{
    json_t *jobs = json_array();
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (cell->jobs[i].state != LG_JOB_FREE)
            json_array_append_new(jobs, job_to_json(&cell->jobs[i], cell->host.now_to, names));
    return json_pack("{s:s, s:b, s:b, s:i, s:o, s:o}", "role", lg_role_words[cell->host.role],
                     "provider_down", cell->host.flags & LG_HOST_PROVIDER_DOWN, "service_stopped",
                     cell->host.flags & LG_HOST_SERVICE_STOPPED, "armed", (int)cell->host.armed,
                     "vm", vm_to_json(&cell->vm, names), "jobs", jobs);
}
