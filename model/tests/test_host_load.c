/* A full host: every VM and every job that there is room for. Figures are printed, not judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "model/host.h"

enum { VMS = (int)LG_VMS_MAX, JOBS_OF_VM = 10, JOBS = VMS * JOBS_OF_VM, P1 = 1 };
enum { DONE = 0, STARTED = 4096, OUT_OF_MEMORY = 32778, COMPLETED = LG_JOB_COMPLETED };

struct site {
    struct lg_host host;
    void *memory;
    struct lg_profile profile;
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print_rate(const char *what, unsigned count, double since)
{
    double took = seconds() - since;
    printf("%s: %u in %.3f s, %.0f a second\n", what, count, took, took > 0 ? count / took : 0.0);
}

static struct lg_outcome make(struct site *site, struct lg_call call)
{
    struct lg_tape tape;
    struct lg_outcome outcome;
    lg_tape_start(&tape, &site->profile, NULL, NULL, 0);
    lg_host_step(&site->host, &call, &tape, &outcome, NULL);
    return outcome;
}

static struct lg_outcome set(struct site *site, unsigned vm, uint16_t symbol)
{
    return make(site, (struct lg_call){.method = LG_CALL_SET_KEY_PROTECTOR,
                                       .vm = (uint16_t)vm,
                                       .symbol = symbol});
}

static struct lg_outcome read_job(struct site *site, uint16_t name)
{
    return make(site, (struct lg_call){.method = LG_CALL_READ_JOB,
                                       .vm = lg_host_job_vm(&site->host, name),
                                       .job = name});
}

static void make_vms(struct site *site)
{
    for (unsigned i = 0; i < VMS; i++) {
        int vm = lg_host_new_vm(&site->host);
        assert_int_equal(vm, i);
        make(site,
             (struct lg_call){.method = LG_CALL_VM_CREATED, .vm = (uint16_t)vm, .requested = 2});
    }
}

/* A host that does everything by jobs, which end as soon as somebody looks. */
static int build(void **state)
{
    static const struct lg_host_word fresh;
    struct site *site = malloc(sizeof *site);
    if (!site)
        return -1;
    site->memory = malloc(lg_host_bytes());
    if (!site->memory)
        return -1;
    *state = site;
    lg_profile_load(&site->profile, LG_PROFILE_documented, LG_TAG_CONFORMS);
    lg_profile_pin(&site->profile, LG_SITE_execution, LG_ALT_execution_by_job);
    lg_host_init(&site->host, site->memory, &fresh);
    make_vms(site);
    return 0;
}

static int tear_down(void **state)
{
    struct site *site = *state;
    free(site->memory);
    free(site);
    return 0;
}

static void check_cells(const struct site *site)
{
    for (unsigned vm = 0; vm < VMS; vm++)
        assert_true(lg_cell_is_valid(&site->host.cells[vm]));
}

/* One job of each VM after the other. Returns how many were started before the first refusal. */
static unsigned start_jobs(struct site *site, unsigned rounds, uint16_t *names)
{
    unsigned started = 0;
    for (unsigned round = 0; round < rounds; round++)
        for (unsigned vm = 0; vm < VMS; vm++) {
            struct lg_outcome outcome = set(site, vm, (uint16_t)(P1 + round % 3));
            if (outcome.return_value != STARTED)
                return started;
            assert_int_equal(outcome.answer, LG_ANSWERS_JOB);
            assert_int_equal(lg_host_job_vm(&site->host, outcome.job), vm);
            if (names)
                names[started] = outcome.job;
            started++;
        }
    return started;
}

static void check_jobs(struct site *site, const uint16_t *names, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct lg_outcome outcome = read_job(site, names[i]);
        assert_int_equal(outcome.fault, LG_FAULT_NONE);
        assert_int_equal(outcome.fields[LG_JOB_FIELD_STATE].from, 1u << COMPLETED);
        assert_int_equal(outcome.fields[LG_JOB_FIELD_AFFECTED].from, i % VMS);
    }
}

static void ten_thousand_jobs_of_a_thousand_vms_are_kept(void **state)
{
    struct site *site = *state;
    uint16_t *names = malloc(JOBS * sizeof *names);
    assert_non_null(names);
    double since = seconds();
    assert_int_equal(start_jobs(site, JOBS_OF_VM, names), JOBS);
    print_rate("jobs started", JOBS, since);
    since = seconds();
    check_jobs(site, names, JOBS);
    print_rate("jobs read", JOBS, since);
    check_cells(site);
    since = seconds();
    for (unsigned vm = 0; vm < VMS; vm++) {
        struct lg_call call = {.method = LG_CALL_GET_KEY_PROTECTOR, .vm = (uint16_t)vm};
        assert_int_equal(make(site, call).symbol, P1 + (JOBS_OF_VM - 1) % 3);
    }
    print_rate("protectors read", VMS, since);
    free(names);
}

/* Jobs in their cells and records together: beyond, memory is exhausted, for that call. */
static void what_there_is_no_room_for_is_refused_and_changes_nothing(void **state)
{
    struct site *site = *state;
    unsigned started = start_jobs(site, 100, NULL);
    unsigned vm = started % VMS;
    struct lg_cell before = site->host.cells[vm];
    printf("%u jobs, %u of them records\n", started, site->host.record_count);
    assert_true(started >= LG_RECORDS_MAX);
    assert_true(site->host.record_count <= LG_RECORDS_MAX);
    assert_int_equal(set(site, vm, P1).return_value, OUT_OF_MEMORY);
    assert_memory_equal(&site->host.cells[vm].vm, &before.vm, sizeof before.vm);
    assert_memory_equal(&site->host.cells[vm].host, &before.host, sizeof before.host);
    check_cells(site);
}

static void when_their_time_is_over_there_is_room_again(void **state)
{
    struct site *site = *state;
    uint16_t first = 1;
    start_jobs(site, 100, NULL);
    assert_int_equal(read_job(site, first).fault, LG_FAULT_NONE);
    double since = seconds();
    make(site, (struct lg_call){
                   .method = LG_CALL_TIME_PASSES, .vm = LG_VM_HOST, .amount = LG_RETENTION_MS});
    print_rate("cells that time passed in", VMS, since);
    assert_int_equal(start_jobs(site, 1, NULL), VMS);
    assert_int_equal(read_job(site, first).fault, LG_FAULT_NOT_FOUND);
    check_cells(site);
}

static void there_is_no_vm_beyond_the_last(void **state)
{
    struct site *site = *state;
    assert_int_equal(lg_host_new_vm(&site->host), -1);
    make(site, (struct lg_call){.method = LG_CALL_VM_REMOVED, .vm = 7});
    assert_int_equal(lg_host_new_vm(&site->host), 7);
}

/* A VM that is gone leaves its jobs for five minutes, and then its place. */
static void the_place_of_a_vm_that_is_gone_serves_again(void **state)
{
    struct site *site = *state;
    assert_int_equal(set(site, 7, P1).return_value, STARTED);
    make(site, (struct lg_call){.method = LG_CALL_VM_REMOVED, .vm = 7});
    assert_int_equal(lg_host_new_vm(&site->host), -1);
    make(site, (struct lg_call){
                   .method = LG_CALL_TIME_PASSES, .vm = LG_VM_HOST, .amount = LG_RETENTION_MS});
    assert_int_equal(lg_host_new_vm(&site->host), 7);
}

#define ON_SITE(test) cmocka_unit_test_setup_teardown(test, build, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SITE(ten_thousand_jobs_of_a_thousand_vms_are_kept),
        ON_SITE(what_there_is_no_room_for_is_refused_and_changes_nothing),
        ON_SITE(when_their_time_is_over_there_is_room_again),
        ON_SITE(there_is_no_vm_beyond_the_last),
        ON_SITE(the_place_of_a_vm_that_is_gone_serves_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
