/* Jobs of a host that are over, wherever they are kept; names of jobs that are taken; time at its
 * end; VMs that leave jobs behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "model/host.h"

enum { DONE = 0, STARTED = 4096, P1 = 1 };

struct site {
    struct lg_host host;
    void *memory;
    struct lg_profile profile;
    struct lg_outcome outcome; /* of the last call */
};

static uint32_t make(struct site *site, struct lg_call call)
{
    struct lg_tape tape;
    lg_tape_start(&tape, &site->profile, NULL, NULL, 0);
    lg_host_step(&site->host, &call, &tape, &site->outcome, NULL);
    return site->outcome.return_value;
}
#define MAKE(site, ...) make(site, (struct lg_call){.method = LG_CALL_##__VA_ARGS__})

/* One VM on a host that does everything by jobs, which end as soon as somebody looks. */
static int start(void **state)
{
    static const struct lg_host_word fresh;
    struct site *site = calloc(1, sizeof *site);
    site->memory = malloc(lg_host_bytes());
    lg_host_init(&site->host, site->memory, &fresh);
    lg_profile_load(&site->profile, LG_PROFILE_documented, LG_TAG_CONFORMS);
    lg_profile_pin(&site->profile, LG_SITE_execution, LG_ALT_execution_by_job);
    assert_int_equal(lg_host_new_vm(&site->host), 0);
    MAKE(site, VM_CREATED, .requested = 2);
    *state = site;
    return 0;
}

static int end(void **state)
{
    struct site *site = *state;
    free(site->memory);
    free(site);
    return 0;
}

static uint16_t start_job(struct site *site)
{
    assert_int_equal(MAKE(site, SET_KEY_PROTECTOR, .symbol = P1), STARTED);
    return site->outcome.job;
}

static void look(struct site *site, uint16_t job)
{
    MAKE(site, READ_JOB, .job = job);
}

/* The first one leaves the cell for the others, and is kept by the host. */
static void jobs_that_are_over_are_gone_wherever_they_are_kept(void **state)
{
    struct site *site = *state;
    uint16_t jobs[LG_JOB_SLOTS + 1];
    for (unsigned i = 0; i <= LG_JOB_SLOTS; i++) {
        jobs[i] = start_job(site);
        look(site, jobs[i]);
        assert_int_equal(site->outcome.fault, 0);
    }
    assert_int_not_equal(site->host.names[jobs[0]].record, 0);
    assert_int_equal(site->host.record_count, 1);
    MAKE(site, TIME_PASSES, .vm = LG_VM_HOST, .amount = LG_RETENTION_MS);
    look(site, jobs[0]);
    assert_int_equal(site->outcome.fault, LG_FAULT_NOT_FOUND);
    assert_int_equal(site->host.record_count, 0);
    look(site, jobs[LG_JOB_SLOTS]);
    assert_int_equal(site->outcome.fault, LG_FAULT_NOT_FOUND);
    assert_int_equal(lg_host_job_vm(&site->host, jobs[LG_JOB_SLOTS]), LG_VM_HOST);
}

/* A wrong host revives a job; of one that left its cell nothing is left to run. */
static void a_kept_job_is_not_revived(void **state)
{
    struct site *site = *state;
    uint16_t first = start_job(site);
    look(site, first);
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        look(site, start_job(site));
    lg_profile_pin(&site->profile, LG_SITE_job_ended_request, LG_ALT_job_ended_request_revived);
    assert_int_equal(MAKE(site, JOB_REQUEST_STATE_CHANGE, .job = first, .requested = 2), DONE);
    look(site, first);
    assert_int_equal(site->outcome.fields[LG_JOB_FIELD_STATE].from,
                     (uint64_t)1 << LG_JOB_COMPLETED);
}

static void names_of_jobs_begin_again_and_pass_over_those_in_use(void **state)
{
    struct site *site = *state;
    uint16_t first = start_job(site);
    look(site, first);
    site->host.next_name = LG_JOB_NAMES - 1;
    site->host.names[first + 1].vm = 1;
    for (uint16_t name = 1; name < first; name++)
        site->host.names[name].vm = 1;
    assert_int_equal(start_job(site), first + 2);
}

static void a_job_without_a_name_in_use_is_none(void **state)
{
    struct site *site = *state;
    look(site, 7);
    assert_int_equal(site->outcome.fault, LG_FAULT_NOT_FOUND);
}

static void time_ends(void **state)
{
    struct site *site = *state;
    MAKE(site, TIME_PASSES, .vm = LG_VM_HOST, .amount = LG_TIME_MAX_MS);
    MAKE(site, TIME_PASSES, .vm = LG_VM_HOST, .amount = 1);
    assert_int_equal(site->host.self.host.now_to, LG_TIME_MAX_MS);
}

/* A cell whose VM is gone serves another one as soon as its jobs are. */
static void a_cell_with_a_job_does_not_serve_again(void **state)
{
    struct site *site = *state;
    uint16_t job = start_job(site);
    for (int vm = 1; vm < (int)LG_VMS_MAX; vm++) {
        assert_int_equal(lg_host_new_vm(&site->host), vm);
        MAKE(site, VM_CREATED, .vm = (uint16_t)vm, .requested = 2);
    }
    MAKE(site, VM_REMOVED);
    site->host.cells[0].jobs[0].state = LG_JOB_RUNNING;
    assert_int_equal(lg_host_new_vm(&site->host), -1);
    site->host.cells[0].jobs[0].state = LG_JOB_COMPLETED;
    site->host.cells[0].jobs[0].ended_to = 0;
    assert_int_equal(lg_host_new_vm(&site->host), -1);
    MAKE(site, TIME_PASSES, .vm = LG_VM_HOST, .amount = LG_RETENTION_MS);
    assert_int_equal(lg_host_new_vm(&site->host), 0);
    assert_int_equal(lg_host_job_vm(&site->host, job), LG_VM_HOST);
}

/* ---- bytes that the host makes ---- */

static uint16_t make_next(void *context)
{
    uint16_t *last = context;
    return ++*last;
}

static void every_place_of_unseen_bytes_gets_some(void **state)
{
    struct lg_call look_inside = {.method = LG_CALL_GET_KEY_PROTECTOR};
    struct lg_outcome seen = {.answer = LG_ANSWERS_BYTES, .symbol = P1};
    uint16_t made = 100;
    struct lg_maker maker = {make_next, &made};
    struct lg_cell cell;
    (void)state;
    memset(&cell, 0, sizeof cell);
    cell.vm.vault.last_known_good = LG_SYMBOL_UNSEEN;
    cell.vm.checkpoint.seal = LG_SYMBOL_UNSEEN + 1;
    cell.vm.image.current = LG_SYMBOL_UNSEEN + 2;
    lg_cell_make_bytes(&cell, &look_inside, &maker, &seen);
    assert_int_equal(cell.vm.vault.last_known_good, 101);
    assert_int_equal(cell.vm.checkpoint.seal, 102);
    assert_int_equal(cell.vm.image.current, 103);
    assert_int_equal(seen.symbol, P1);
    cell.vm.vault.current = seen.symbol = LG_SYMBOL_UNSEEN;
    lg_cell_make_bytes(&cell, &look_inside, &maker, &seen);
    assert_int_equal(seen.symbol, 104);
}

#define SITE(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE(jobs_that_are_over_are_gone_wherever_they_are_kept),
        SITE(a_kept_job_is_not_revived),
        SITE(names_of_jobs_begin_again_and_pass_over_those_in_use),
        SITE(a_job_without_a_name_in_use_is_none),
        SITE(time_ends),
        SITE(a_cell_with_a_job_does_not_serve_again),
        cmocka_unit_test(every_place_of_unseen_bytes_gets_some),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
