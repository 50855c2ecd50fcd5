/* What oracle.c needs of sets. Not for users of the core. */
#ifndef LG_ORACLE_SET_H
#define LG_ORACLE_SET_H

#include "oracle_leaves.h"
#include "step.h"

struct lg_attempt {
    const struct lg_call *call;
    const struct lg_outcome *seen; /* NULL: any outcome will do */
    uint16_t done;                 /* the bit that successors get */
    bool rebind; /* bound readings may change: to find out whether that alone explains */
};

/* What the elements of a set agree on binds the other sets. False: one of them contradicts it. */
bool lg_oracle_join(struct lg_oracle *oracle, struct lg_set *changed);

/* Keeps a job that left its cell; hits the bound where there is no room. Its record, or NULL. */
void lg_oracle_keep_record(struct lg_oracle *oracle, uint16_t vm, const struct lg_job *job);
struct lg_record *lg_oracle_record(const struct lg_oracle *oracle, uint16_t vm, uint16_t name);

/* Adds what stands behind the last element, unless it is there; of two, the lower tag stays. */
void lg_set_commit(struct lg_oracle *oracle, struct lg_set *set);

/* Empties oracle->next, and forgets the index of what was there. */
void lg_set_clear_next(struct lg_oracle *oracle);

/* Fills oracle->next with the successors of a set; adds more to it; makes it the set. */
void lg_set_successors(struct lg_oracle *oracle, const struct lg_set *set,
                       const struct lg_attempt *attempt);
void lg_set_add_successors(struct lg_oracle *oracle, const struct lg_set *set,
                           const struct lg_attempt *attempt);
void lg_set_swap_next(struct lg_oracle *oracle, struct lg_set *set);

/* Lets open calls of the VM take effect in every order, wherever they can; needed: until this one
 * has, its bit of `done`; 0: all of them. */
void lg_set_close(struct lg_oracle *oracle, struct lg_set *set, uint16_t needed);
void lg_set_close_some(struct lg_oracle *oracle, struct lg_set *set, uint16_t needed,
                       uint16_t which);
void lg_set_add(struct lg_oracle *oracle, const struct lg_element *from,
                const struct lg_attempt *attempt, struct lg_set *into);

/* Drops explanations that others cover: with calls pending that have no reply. */
void lg_set_prune(struct lg_oracle *oracle, struct lg_set *set);

/* oracle.c: nothing explains what was seen, so the set goes on with all that the call may have
 * done; what every step ends with; a service that said it stopped has stopped for every VM. */
void lg_oracle_violation(struct lg_oracle *oracle, struct lg_set *set, const struct lg_call *call,
                         const struct lg_outcome *seen, struct lg_verdict *verdict);
void lg_oracle_settle(struct lg_oracle *oracle, struct lg_set *set, struct lg_verdict *verdict);
void lg_oracle_follow_service(struct lg_oracle *oracle, const struct lg_call *call,
                              const struct lg_outcome *seen);

#endif
