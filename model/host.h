/* A host: an array of cells and the records of jobs that left them. What a simulator steps. */
#ifndef LG_HOST_H
#define LG_HOST_H

#include "oracle.h"

struct lg_host_record {
    struct lg_job job;
    uint64_t submitted; /* by the host's clock */
    uint16_t vm;
    uint16_t used;
    uint32_t unused;
};

/* What a host knows of a job's name beside the job: whose it is and when it was started. */
struct lg_job_name {
    uint64_t submitted;
    uint16_t vm;     /* index + 1, 0 while the name is free */
    uint16_t record; /* index + 1, 0 while the job is in its cell */
    uint32_t unused;
};

enum { LG_JOB_NAMES = 65536 };

struct lg_host {
    struct lg_cell self; /* the host without a VM: what is asked of the service itself */
    struct lg_cell *cells;
    struct lg_host_record *records;
    struct lg_job_name *names; /* LG_JOB_NAMES */
    uint32_t record_count;
    uint16_t vm_count; /* cells made so far; a removed VM keeps its cell */
    uint16_t next_name;
};

/* Bytes of the block that lg_host_init takes: LG_VMS_MAX cells, LG_RECORDS_MAX records, the names.
 */
size_t lg_host_bytes(void);
void lg_host_init(struct lg_host *host, void *memory, const struct lg_host_word *word);

/* A new index for a VM that a call or event is about to make; -1 when LG_VMS_MAX are there. */
int lg_host_new_vm(struct lg_host *host);

/* Gives the bytes of a protector that a host makes when a VM starts without one: their symbol,
 * another one each time, LG_SYMBOL_NONE if there is no room. */
struct lg_maker {
    uint16_t (*make)(void *context);
    void *context;
};

/* Carries out a call on the host: on the cell of call->vm, or on all for an event of the host.
 * Names new jobs, keeps records, and answers one value for everything (lg_outcome_pick). call->vm
 * is LG_VM_HOST for calls of the host. Without a maker, bytes that the host makes stay unseen. */
void lg_host_step(struct lg_host *host, const struct lg_call *call, struct lg_tape *tape,
                  struct lg_outcome *outcome, const struct lg_maker *maker);

/* The VM that a job works on: LG_VM_HOST if there is no such job. */
uint16_t lg_host_job_vm(const struct lg_host *host, uint16_t name);

/* What the model leaves open are bytes on a host: in the cell that was stepped, and in the answer
 * of this step as well. */
void lg_cell_make_bytes(struct lg_cell *cell, const struct lg_call *call,
                        const struct lg_maker *maker, struct lg_outcome *outcome);

/* A symbol for bytes that nobody had seen becomes another one. */
void lg_cell_bind_symbol(struct lg_cell *cell, uint16_t unseen, uint16_t seen);

#endif
