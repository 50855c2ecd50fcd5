/* One Invoke: the call that its message makes, and the reply to what came of it. Private to the
 * mapping. */
#ifndef LG_INVOKE_H
#define LG_INVOKE_H

#include "exchange.h"

enum lg_bytes_given { LG_GIVEN_NOTHING, LG_GIVEN_NULL, LG_GIVEN_WHOLE, LG_GIVEN_ITEMS };

struct lg_invocation {
    struct lg_exchange *exchange;
    enum lg_method method;
    const char *class_name;     /* as the service spells it */
    char target[LG_NAME_BYTES]; /* name of the VM or job that the call is about, or "" */
    json_t *args;               /* arguments but for bytes */
    uint8_t *bytes;             /* the argument that is bytes */
    size_t length;
    size_t room;
    uint8_t given;                          /* enum lg_bytes_given */
    const struct lg_xml_node *defined_from; /* SystemSettings */
    struct lg_call call;
    struct lg_outcome outcome;
};

/* Reads the parameters of the body into args, bytes and target. */
struct lg_wsman_problem lg_invocation_read(struct lg_invocation *invocation);

/* Writes the reply to the outcome. */
void lg_invocation_write(struct lg_invocation *invocation);

/* Takes the name of a VM as the target; NOT_FOUND where it is too long for one. */
struct lg_wsman_problem lg_invocation_aim(struct lg_invocation *invocation, const char *name);

#endif
