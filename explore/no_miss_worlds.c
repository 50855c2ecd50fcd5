/* The setups, the alphabets, and which of them are compared. */
#include "no_miss_worlds.h"

#include <string.h>

enum { P1 = 1, P2 = 2 };
enum { TPM = 1u << LG_SETTING_TPM_ENABLED, ON = 2, OFF = 3, PAUSE = 9, RESET = 11 };
enum { START = 2, SUSPEND, TERMINATE, KILL, RESERVED = 7 };

#define CALL(...)                                                                                  \
    {                                                                                              \
        .method = LG_CALL_##__VA_ARGS__                                                            \
    }
#define HOST_CALL(...)                                                                             \
    {                                                                                              \
        .vm = LG_VM_HOST, .method = LG_CALL_##__VA_ARGS__                                          \
    }
#define SET(bytes) CALL(SET_KEY_PROTECTOR, .symbol = (bytes))
#define MODIFY(settings, to) CALL(MODIFY_SECURITY_SETTINGS, .present = (settings), .values = (to))
#define REQUEST(state) CALL(VM_REQUEST_STATE_CHANGE, .requested = (state))

#define NEW_VM CALL(VM_CREATED, .requested = 2)
#define NEW_TPM_VM NEW_VM, SET(P1), MODIFY(TPM, TPM)
static const struct lg_setup no_vm = {.name = "no VM"};
static const struct lg_setup new_vm = {"a new VM", 1, 0, 0, {NEW_VM}};
static const struct lg_setup two_vms = {
    "two new VMs", 2, 0, 0, {NEW_VM, CALL(VM_CREATED, .requested = 2, .vm = 1)}};
static const struct lg_setup uncontrolled = {
    "a new VM of a host that nobody controls", 1, 0, LG_HOST_UNCONTROLLED, {NEW_VM}};
static const struct lg_setup with_job = {"a job that sets a protector", 2, 2, 0, {NEW_VM, SET(P1)}};
static const struct lg_setup starts = {
    "a job that starts a VM with a TPM", 4, 8, 0, {NEW_TPM_VM, REQUEST(ON)}};
static const struct lg_setup starts_bare = {"a job that starts a VM with a TPM and no protector",
                                            3,
                                            4,
                                            0,
                                            {NEW_VM, MODIFY(TPM, TPM), REQUEST(ON)}};
static const struct lg_setup sealed = {
    "a VM that was started with a TPM", 5, 0, 0, {NEW_TPM_VM, REQUEST(ON), REQUEST(OFF)}};
static const struct lg_setup guarded = {
    "a VM on a guarded host", 4, 0, LG_HOST_GUARDED, {NEW_TPM_VM, REQUEST(ON)}};

#define GET CALL(GET_KEY_PROTECTOR)
#define RESTORE CALL(RESTORE_LAST_KNOWN_GOOD)
#define JOB(call) CALL(call, .job = 1)
#define JOB_REQUEST(state) CALL(JOB_REQUEST_STATE_CHANGE, .job = 1, .requested = (state))
#define RETENTION_PASSES HOST_CALL(TIME_PASSES, .amount = LG_RETENTION_MS)

static const struct lg_alphabet all_calls = {
    "everything",
    21,
    {SET(P1),
     SET(P2),
     GET,
     RESTORE,
     CALL(SET_SECURITY_POLICY, .symbol = 3),
     MODIFY(TPM, TPM),
     MODIFY(TPM, 0),
     REQUEST(ON),
     REQUEST(OFF),
     CALL(SET_KEY_PROTECTOR, .setting = LG_TEXT_MISSING),
     JOB(READ_JOB),
     JOB_REQUEST(TERMINATE),
     JOB(JOB_GET_ERROR),
     CALL(LIST_JOBS),
     CALL(READ_SECURITY_SETTING),
     CALL(READ_TPM_SETTING),
     CALL(READ_VM),
     RETENTION_PASSES,
     HOST_CALL(CAUSE_APPEARS, .requested = LG_MEANING_FAILED),
     HOST_CALL(STOP_SERVICE),
     HOST_CALL(PROVIDER_STOPS)}};
static const struct lg_alphabet vault_calls = {
    "the vault", 6, {SET(P2), GET, RESTORE, JOB(READ_JOB), CALL(LIST_JOBS), RETENTION_PASSES}};
static const struct lg_alphabet few_calls = {
    "a few", 4, {SET(P2), GET, RESTORE, JOB(JOB_GET_ERROR)}};
static const struct lg_alphabet job_calls = {
    "jobs",
    9,
    {GET, JOB(JOB_GET_ERROR_EX), JOB(KILL_JOB), JOB_REQUEST(START), JOB_REQUEST(SUSPEND),
     JOB_REQUEST(TERMINATE), JOB_REQUEST(KILL), JOB_REQUEST(RESERVED),
     CALL(JOB_REQUEST_STATE_CHANGE, .job = 1, .requested = SUSPEND, .timeout = LG_TIMEOUT_GIVEN)}};
static const struct lg_alphabet job_reads = {
    "what jobs show",
    4,
    {JOB(READ_JOB), JOB_REQUEST(TERMINATE), CALL(LIST_JOBS), RETENTION_PASSES}};
static const struct lg_alphabet host_events = {
    "events of the host",
    7,
    {JOB(READ_JOB), CALL(LIST_JOBS), CALL(READ_VM),
     HOST_CALL(HOST_CHANGES, .flags = LG_HOST_GUARDED),
     HOST_CALL(CAUSE_APPEARS, .requested = LG_MEANING_FAILED), HOST_CALL(PROVIDER_STOPS),
     HOST_CALL(TIME_PASSES, .amount = 1000)}};
static const struct lg_alphabet job_events = {
    "a job and its host",
    3,
    {JOB(READ_JOB), CALL(LIST_JOBS), HOST_CALL(HOST_CHANGES, .flags = LG_HOST_GUARDED)}};
static const struct lg_alphabet calls_on_two = {
    "calls on two VMs",
    9,
    {SET(P1), GET, RESTORE, MODIFY(TPM, TPM), CALL(SET_KEY_PROTECTOR, .vm = 1, .symbol = P1),
     CALL(GET_KEY_PROTECTOR, .vm = 1), CALL(RESTORE_LAST_KNOWN_GOOD, .vm = 1),
     CALL(SET_KEY_PROTECTOR, .vm = 1, .blob = LG_BLOB_EMPTY), HOST_CALL(STOP_SERVICE)}};
static const struct lg_alphabet few_calls_on_two = {
    "a few on two VMs",
    4,
    {GET, RESTORE, CALL(GET_KEY_PROTECTOR, .vm = 1), CALL(RESTORE_LAST_KNOWN_GOOD, .vm = 1)}};
static const struct lg_alphabet power_calls = {"power",
                                               9,
                                               {SET(P2), GET, RESTORE, REQUEST(ON), REQUEST(OFF),
                                                REQUEST(PAUSE), REQUEST(RESET), CALL(READ_VM),
                                                CALL(READ_SECURITY_ELEMENT)}};

static const struct lg_small_world in_seconds[] = {
    {&no_vm, &all_calls, 2, LG_PROFILE_documented},
    {&new_vm, &all_calls, 2, LG_PROFILE_documented},
    {&sealed, &all_calls, 2, LG_PROFILE_documented},
    {&guarded, &power_calls, 2, LG_PROFILE_documented},
    {&uncontrolled, &few_calls, 2, LG_PROFILE_documented},
    {&with_job, &job_calls, 2, LG_PROFILE_documented},
    {&with_job, &job_reads, 2, LG_PROFILE_documented},
    {&starts, &power_calls, 2, LG_PROFILE_documented},
    {&new_vm, &few_calls, 3, LG_PROFILE_documented},
    {&sealed, &few_calls, 3, LG_PROFILE_literal},
    {&with_job, &few_calls, 3, LG_PROFILE_literal},
    {&starts_bare, &job_events, 3, LG_PROFILE_documented},
    /* Readings are the target's, not a VM's. */
    {&two_vms, &calls_on_two, 2, LG_PROFILE_documented},
    {&two_vms, &few_calls_on_two, 3, LG_PROFILE_documented},
};

static const struct lg_small_world in_minutes[] = {
    {&with_job, &all_calls, 2, LG_PROFILE_documented},
    {&starts, &all_calls, 2, LG_PROFILE_documented},
    {&guarded, &all_calls, 2, LG_PROFILE_documented},
    {&uncontrolled, &power_calls, 2, LG_PROFILE_documented},
    {&uncontrolled, &few_calls, 3, LG_PROFILE_literal},
    {&two_vms, &calls_on_two, 3, LG_PROFILE_documented},
    {&new_vm, &vault_calls, 3, LG_PROFILE_documented},
    {&sealed, &vault_calls, 3, LG_PROFILE_documented},
    {&with_job, &vault_calls, 3, LG_PROFILE_documented},
    {&with_job, &job_reads, 3, LG_PROFILE_literal},
    {&with_job, &host_events, 3, LG_PROFILE_literal},
    {&starts_bare, &host_events, 3, LG_PROFILE_literal},
    {&starts, &power_calls, 3, LG_PROFILE_literal},
    {&no_vm, &all_calls, 3, LG_PROFILE_documented},
    {&new_vm, &all_calls, 3, LG_PROFILE_documented},
    {&sealed, &all_calls, 3, LG_PROFILE_documented},
};
static const struct lg_setup *const setups[] = {&no_vm,  &new_vm, &uncontrolled, &with_job,
                                                &starts, &sealed, &guarded};

static void add(struct lg_small_worlds *worlds, const struct lg_small_world *world)
{
    lg_assert(worlds->count < LG_WORLDS_MAX);
    worlds->items[worlds->count++] = *world;
}

/* So many calls, of all there are, behind every setup. */
static void add_setups(struct lg_small_worlds *worlds, unsigned calls, enum lg_profile_id profile)
{
    for (unsigned i = 0; i < sizeof setups / sizeof setups[0]; i++)
        add(worlds, &(struct lg_small_world){setups[i], &all_calls, calls, profile});
}

void lg_small_worlds_short(struct lg_small_worlds *worlds)
{
    worlds->count = 0;
    for (int profile = 0; profile < LG_PROFILE_COUNT; profile++)
        add_setups(worlds, 1, (enum lg_profile_id)profile);
    for (unsigned i = 0; i < sizeof in_seconds / sizeof in_seconds[0]; i++)
        add(worlds, &in_seconds[i]);
}

/* Profiles of two hosts may pin the same choices. */
static bool differs_from_those_before(int profile)
{
    struct lg_profile pinned, other;
    lg_profile_load(&pinned, (enum lg_profile_id)profile, LG_TAG_UNDOCUMENTED);
    for (int before = 0; before < profile; before++) {
        lg_profile_load(&other, (enum lg_profile_id)before, LG_TAG_UNDOCUMENTED);
        if (memcmp(&pinned, &other, sizeof pinned) == 0)
            return false;
    }
    return true;
}

void lg_small_worlds_long(struct lg_small_worlds *worlds)
{
    lg_small_worlds_short(worlds);
    for (unsigned i = 0; i < sizeof in_minutes / sizeof in_minutes[0]; i++)
        add(worlds, &in_minutes[i]);
    for (int profile = 0; profile < LG_PROFILE_COUNT; profile++)
        if (profile != LG_PROFILE_documented && differs_from_those_before(profile))
            add_setups(worlds, 3, (enum lg_profile_id)profile);
}
