/* VMs on a host without a control channel: those that a run makes, and those that it is lent. */
#ifndef LG_WSMAN_VMS_H
#define LG_WSMAN_VMS_H

#include "wsman_call.h"
#include "wsman_options.h"

/* A VM that its owner lends: as it was found. */
struct lg_lent_vm {
    struct lg_found_vm found;
    bool in_use;        /* by the vector at work */
    bool touched;       /* since it was put back last */
    bool has_protector; /* when the run began: nothing to start a vector with */
};

struct lg_vms {
    struct lg_session *session;
    struct lg_lent_vm lent[LG_GIVEN_VMS_MAX];
    unsigned lent_count;
    uint16_t jobs[64]; /* DefineSystem's, whose VM has no name yet: job, and the script's number */
    uint16_t job_vms[64];
    unsigned job_count;
    uint16_t hidden[64]; /* jobs that no vector started */
    unsigned hidden_count;
    char old[64][LG_NAME_BYTES]; /* VMs whose number another one took */
    unsigned old_count;
    char known[64][LG_NAME_BYTES]; /* disposable VMs that were there before: other runs' */
    unsigned known_count;
    bool unsure; /* DefineSystem was sent and not answered: there may be a VM without a name */
};

/* Finds the VMs of --vm. False with the reason: one is not there, or is not the caller's to touch.
 */
bool lg_vms_lend(struct lg_vms *vms, const struct lg_wsman_options *options,
                 struct lg_json_error *reason);

/* Notes which disposable VMs are there before the first is made. */
bool lg_vms_begin(struct lg_vms *vms, struct lg_json_error *reason);

/* A VM is about to be made under this number: the one that has it is remembered, to be removed. */
void lg_vms_renumber(struct lg_vms *vms, uint16_t vm);

/* Event Vm.Create: a disposable VM is defined, or a lent one taken. */
enum lg_target_reply lg_vms_make(struct lg_vms *vms, const struct lg_call *event, json_t **answer,
                                 struct lg_json_error *reason);

/* Method DefineSystem, which an interrupt does not break off. */
enum lg_target_reply lg_vms_define(struct lg_vms *vms, const struct lg_call *call, json_t **answer,
                                   struct lg_json_error *reason);

/* Event Vm.Remove. */
enum lg_target_reply lg_vms_remove(struct lg_vms *vms, const struct lg_call *event, json_t **answer,
                                   struct lg_json_error *reason);

/* Takes the jobs that no vector started out of a list of jobs. */
void lg_vms_hide_jobs(const struct lg_vms *vms, json_t *answer);

/* A DefineSystem of a vector was answered by a job. */
void lg_vms_note_job(struct lg_vms *vms, const struct lg_call *call, const json_t *answer);

/* Removes what was made since the last time, and puts back what was lent. False with the reason:
 * something is left, named. */
bool lg_vms_clear(struct lg_vms *vms, struct lg_json_error *reason);

#endif
