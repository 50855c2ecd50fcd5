/* What the files of the service share: one step at work. Not for users of the core. */
#ifndef LG_STEP_H
#define LG_STEP_H

#include "lastgood.h"

/* The arguments of a step, and what its environment does to it. */
enum lg_ending {
    LG_ENDING_ANY,
    LG_ENDING_DONE,   /* 0 */
    LG_ENDING_JOB,    /* 4096 */
    LG_ENDING_REFUSED /* another code, or a fault */
};

struct lg_turn {
    struct lg_cell *cell;
    const struct lg_call *call;
    const struct lg_job *record;
    struct lg_tape *tape;
    struct lg_outcome *outcome;
    struct lg_job *evicted;
    uint32_t armed;        /* causes in force: those that events armed, and what an uncontrolled
                              environment adds */
    enum lg_ending ending; /* how the call is known to have ended */
};

/* Return values, lowest and highest. */
struct lg_codes {
    uint32_t from;
    uint32_t to;
};

/* Causes that were found are the bits of a word. */
#define LG_CAUSE_BIT(id) (1u << LG_CAUSE_##id)

/* What may be wrong although other checks come before it in the plain reading: no page says which
 * of several things is told. Each rests on one reading. */
struct lg_objection {
    uint8_t site;
    uint8_t alternative; /* the one that refuses */
    uint8_t cause;
    uint16_t key;
};

struct lg_objections {
    struct lg_objection items[LG_OBJECTIONS_MAX];
    unsigned count;
};

/* check.c: whether two protectors have one owner, as far as that is known. */
bool lg_share_owner(struct lg_turn *turn, uint16_t a, uint16_t b);

/* cell.c */
void lg_vm_set_usable(struct lg_vm *vm, uint16_t symbol, bool usable);
void lg_vm_share(struct lg_vm *vm, uint16_t a, uint16_t b);
void lg_cell_bind_symbol(struct lg_cell *cell, uint16_t unseen, uint16_t seen);

/* outcome.c */
bool lg_field_matches(const struct lg_outcome *pattern, const struct lg_outcome *seen,
                      unsigned field);

/* step.c: whether a call leaves a cell as it is, but for the progress of jobs, whatever it answers,
 * or when it was answered so; how far the jobs are when it comes. */
bool lg_call_only_looks(const struct lg_call *call);
bool lg_call_leaves_cell(const struct lg_cell *cell, const struct lg_call *call,
                         const struct lg_outcome *seen);
void lg_step_progress(struct lg_turn *turn);

/* ending.c: what is known of the end of the call keeps steps from going where it cannot come from.
 * What an outcome says of its call's end; and what a call's way is bound to by it. */
enum lg_ending lg_outcome_ending(const struct lg_outcome *seen);
enum lg_ending lg_ending_of(const struct lg_turn *turn);
void lg_dead_end(struct lg_turn *turn);
bool lg_site_refuses(struct lg_turn *turn, enum lg_site site, unsigned key, unsigned refused);

/* answer.c: how a call ends. Each returns for the caller's convenience. */
struct lg_codes lg_codes_of(struct lg_turn *turn, enum lg_method method, enum lg_meaning meaning);
struct lg_codes lg_codes_of_cause(struct lg_turn *turn, enum lg_method method, enum lg_cause cause);
void lg_answer_fault(struct lg_turn *turn, enum lg_fault fault, enum lg_clause clause);
void lg_answer_meaning(struct lg_turn *turn, enum lg_meaning meaning, enum lg_clause clause);
void lg_answer_done(struct lg_turn *turn, enum lg_clause clause);
void lg_refuse(struct lg_turn *turn, uint32_t causes);
void lg_answer_missing(struct lg_turn *turn);
void lg_carry_out(struct lg_turn *turn, const struct lg_job *work, bool at_once,
                  enum lg_clause clause);

/* check.c: which of the faults that were found is reported, one bit for each, at least one. Returns
 * the bit's number. */
unsigned lg_choose_reported(struct lg_turn *turn, uint32_t found);
/* Whether a cause is in force that a method has a code for; the one of them that is reported. */
bool lg_is_armed(const struct lg_turn *turn, enum lg_method method);
enum lg_meaning lg_armed_meaning(struct lg_turn *turn, enum lg_method method);
uint32_t lg_check_rights(struct lg_turn *turn);
bool lg_reader_is_refused(struct lg_turn *turn); /* who has no rights, or finds nothing */
uint32_t lg_check_text_shape(const struct lg_call *call);
uint32_t lg_check_duplicate(struct lg_turn *turn); /* a property that a text has twice */
uint8_t lg_settings_of_host(uint8_t version);
uint32_t lg_check_setting_text(struct lg_turn *turn);
bool lg_leads_to_vm(const struct lg_turn *turn, uint32_t causes); /* of text and bytes */
uint32_t lg_check_vm(struct lg_turn *turn);
uint32_t lg_check_support(struct lg_turn *turn);
uint32_t lg_check_in_use(struct lg_turn *turn);
uint32_t lg_check_power(struct lg_turn *turn);
uint32_t lg_check_environment(struct lg_turn *turn);
bool lg_must_queue(const struct lg_turn *turn);

/* objection.c: adds what some reading refuses, if that reading is left. */
void lg_object(const struct lg_turn *turn, struct lg_objections *all, enum lg_site site,
               unsigned key, unsigned alternative, enum lg_cause cause);
/* The cause that is told before the VM's state is looked at, as a bit; 0: the order of the plain
 * reading. */
uint32_t lg_told_first(struct lg_turn *turn, const struct lg_objections *all);
/* The first cause that is raised when nothing else is wrong, as a bit; 0: none is. */
uint32_t lg_raise(struct lg_turn *turn, const struct lg_objections *all);

/* job.c */
struct lg_job *lg_job_add(struct lg_turn *turn, const struct lg_job *work);
void lg_job_remove(struct lg_cell *cell, unsigned slot);
void lg_job_set_error(struct lg_turn *turn, struct lg_job *job, enum lg_cause cause);
struct lg_codes lg_job_error(struct lg_turn *turn, const struct lg_job *job);
bool lg_job_is_cancellable(struct lg_turn *turn, const struct lg_job *job);
void lg_jobs_progress(struct lg_turn *turn);
void lg_jobs_lose(struct lg_turn *turn);
void lg_job_end(struct lg_turn *turn, struct lg_job *job, enum lg_job_state state);
const struct lg_job *lg_job_of_call(struct lg_turn *turn);
bool lg_job_is_removed(struct lg_turn *turn, const struct lg_job *job);
bool lg_cell_has_room(const struct lg_cell *cell);

/* vault.c, power.c: what work does when it takes effect. False: it failed, and changed what a
 * failure may change. */
bool lg_effect(struct lg_turn *turn, const struct lg_job *work);
void lg_effect_set_settings(struct lg_turn *turn, uint8_t settings);
bool lg_power_effect(struct lg_turn *turn, uint16_t requested);
bool lg_power_allows(struct lg_turn *turn, uint16_t requested);
bool lg_power_is_known(uint16_t requested);
bool lg_power_is_same(const struct lg_vm *vm, uint16_t requested);
bool lg_power_would_fail(struct lg_turn *turn, uint16_t requested);

/* op_*.c: one family of methods each. */
void lg_get_key_protector(struct lg_turn *turn);
void lg_set_key_protector(struct lg_turn *turn);
void lg_set_security_policy(struct lg_turn *turn);
void lg_restore_last_known_good(struct lg_turn *turn);
void lg_modify_security_settings(struct lg_turn *turn);
void lg_vm_request_state_change(struct lg_turn *turn);
void lg_define_system(struct lg_turn *turn);
void lg_destroy_system(struct lg_turn *turn);
void lg_service_control(struct lg_turn *turn);
void lg_job_request_state_change(struct lg_turn *turn);
void lg_job_get_error(struct lg_turn *turn);
void lg_job_kill(struct lg_turn *turn);
void lg_read(struct lg_turn *turn);

/* The protectors that a read of a vault shows, if the method is one. */
void lg_show_protectors(struct lg_outcome *outcome, uint8_t method, const struct lg_vault *vault);
void lg_list(struct lg_turn *turn);
void lg_event(struct lg_turn *turn);

#endif
