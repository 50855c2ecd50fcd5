/* The calls of each world. */
#include "world.h"

#include <string.h>

#include "model/trace.h"

enum { TPM = 1u << LG_SETTING_TPM_ENABLED, SHIELDING = 1u << LG_SETTING_SHIELDING_REQUESTED };

#define CALL(...)                                                                                  \
    {                                                                                              \
        .method = LG_CALL_##__VA_ARGS__                                                            \
    }
#define HOST_CALL(...)                                                                             \
    {                                                                                              \
        .vm = LG_VM_HOST, .method = LG_CALL_##__VA_ARGS__                                          \
    }

/* In every world. */
static const struct lg_call common[] = {
    CALL(VM_CREATED, .requested = 2),
    CALL(VM_REMOVED),
    HOST_CALL(TIME_PASSES, .amount = LG_RETENTION_MS),
    CALL(PROTECTORS_SHARE_OWNER, .symbol = 1, .other = 2),
    CALL(GET_KEY_PROTECTOR),
    CALL(SET_KEY_PROTECTOR, .symbol = 1, .identity = LG_ID_UNKNOWN),
    CALL(RESTORE_LAST_KNOWN_GOOD),
    CALL(MODIFY_SECURITY_SETTINGS, .present = TPM, .values = TPM),
    CALL(MODIFY_SECURITY_SETTINGS, .present = TPM),
    CALL(VM_REQUEST_STATE_CHANGE, .requested = 2),
    CALL(VM_REQUEST_STATE_CHANGE, .requested = 3),
    CALL(VM_REQUEST_STATE_CHANGE, .requested = 6),
    CALL(READ_VM),
    CALL(READ_SECURITY_SETTING),
    CALL(READ_SECURITY_ELEMENT),
    CALL(READ_TPM_SETTING),
    CALL(LIST_JOBS),
    CALL(INSPECT),
};

/* For each job, in every world. */
static const struct lg_call of_job[] = {
    CALL(READ_JOB),
    CALL(JOB_GET_ERROR),
    CALL(KILL_JOB),
    CALL(JOB_REQUEST_STATE_CHANGE, .requested = 4),
    CALL(JOB_REQUEST_STATE_CHANGE, .requested = 7),
};

/* For each job, in world B. */
static const struct lg_call more_of_job[] = {
    CALL(JOB_GET_ERROR_EX),
    CALL(JOB_REQUEST_STATE_CHANGE, .requested = 2),
    CALL(JOB_REQUEST_STATE_CHANGE, .requested = 3),
    CALL(JOB_REQUEST_STATE_CHANGE, .requested = 5),
    CALL(JOB_REQUEST_STATE_CHANGE, .requested = 6),
    CALL(JOB_REQUEST_STATE_CHANGE, .requested = 4, .timeout = LG_TIMEOUT_GIVEN),
    CALL(JOB_REQUEST_STATE_CHANGE, .requested = 4, .timeout = LG_TIMEOUT_MALFORMED),
};

/* In world B. */
static const struct lg_call larger[] = {
    CALL(GUEST_SHUTS_DOWN),
    CALL(SET_KEY_PROTECTOR, .symbol = 1, .blob = LG_BLOB_WRONG_TYPE),
    CALL(RESTORE_LAST_KNOWN_GOOD, .setting = LG_TEXT_MISSING, .text = LG_TEXT_IS_null),
    CALL(MODIFY_SECURITY_SETTINGS, .setting = LG_TEXT_OTHER_CLASS, .text = LG_TEXT_IS_other_class),
    CALL(MODIFY_SECURITY_SETTINGS, .present = SHIELDING, .values = SHIELDING),
    CALL(MODIFY_SECURITY_SETTINGS, .present = SHIELDING),
    CALL(MODIFY_SECURITY_SETTINGS, .present = TPM | SHIELDING, .values = TPM | SHIELDING),
    CALL(SET_SECURITY_POLICY, .symbol = LG_WORLD_POLICY),
    CALL(SET_SECURITY_POLICY, .symbol = LG_WORLD_POLICY, .setting = LG_TEXT_MALFORMED,
         .text = LG_TEXT_IS_truncated),
    CALL(VM_REQUEST_STATE_CHANGE, .requested = 9),
    CALL(VM_REQUEST_STATE_CHANGE, .requested = 11),
    CALL(VM_REQUEST_STATE_CHANGE, .requested = 99),
    CALL(DEFINE_SYSTEM, .requested = 2),
    CALL(DESTROY_SYSTEM),
    CALL(READ_SYSTEM_SETTING),
    CALL(LIST_SERVICES),
    CALL(LIST_SECURITY_SETTINGS),
    CALL(LIST_SYSTEM_SETTINGS),
    CALL(LIST_SECURITY_ELEMENTS),
    HOST_CALL(READ_SERVICE),
    HOST_CALL(READ_HOST),
    HOST_CALL(CALLER_CHANGES, .requested = LG_ROLE_USER),
    HOST_CALL(CALLER_CHANGES, .requested = LG_ROLE_ADMINISTRATOR),
    HOST_CALL(PROVIDER_STOPS),
    HOST_CALL(PROVIDER_STARTS),
};

static void add(struct lg_world *world, const struct lg_call *call)
{
    lg_assert(world->call_count < LG_WORLD_CALLS_MAX);
    world->calls[world->call_count++] = *call;
}

static void add_all(struct lg_world *world, const struct lg_call *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(world, &calls[i]);
}

static void add_of_job(struct lg_world *world, uint16_t job, const struct lg_call *calls,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct lg_call call = calls[i];
        call.job = job;
        add(world, &call);
    }
}

static void add_of_protectors(struct lg_world *world)
{
    for (uint16_t symbol = 1; symbol <= world->protectors; symbol++) {
        struct lg_call set = CALL(SET_KEY_PROTECTOR);
        set.symbol = symbol;
        add(world, &set);
    }
}

static const struct lg_world worlds[] = {
    {.name = 'A',
     .text = "one VM, 3 protectors, the TPM, one job",
     .protectors = 3,
     .job_slots = 1,
     .forgetful = true},
    {.name = 'B',
     .text = "world A with shielding, a policy, the caller's role, and restarts of the provider",
     .protectors = 3,
     .job_slots = 1,
     .forgetful = true},
    {.name = 'C',
     .text = "world A with two jobs",
     .protectors = 3,
     .job_slots = 2,
     .forgetful = true},
};

bool lg_world_load(struct lg_world *world, char name)
{
    for (size_t i = 0; i < sizeof worlds / sizeof worlds[0]; i++) {
        if (worlds[i].name != name)
            continue;
        *world = worlds[i];
        add_all(world, common, sizeof common / sizeof common[0]);
        add_of_protectors(world);
        for (uint16_t job = 1; job <= world->job_slots; job++)
            add_of_job(world, job, of_job, sizeof of_job / sizeof of_job[0]);
        if (name != 'B')
            return true;
        add_all(world, larger, sizeof larger / sizeof larger[0]);
        for (uint16_t job = 1; job <= world->job_slots; job++)
            add_of_job(world, job, more_of_job, sizeof more_of_job / sizeof more_of_job[0]);
        return true;
    }
    return false;
}

void lg_world_start(struct lg_cell *cell)
{
    lg_cell_clear(cell);
}
