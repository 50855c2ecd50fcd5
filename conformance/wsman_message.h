/* WS-Management messages as a client writes and reads them. */
#ifndef LG_WSMAN_MESSAGE_H
#define LG_WSMAN_MESSAGE_H

#include "sim/wsman/addressing.h"
#include "sim/wsman/faults.h"
#include "wsman_client.h"

#define LG_VIRTUALIZATION "root/virtualization/v2"

enum { LG_ENVELOPE_KB = 500 }; /* MaxEnvelopeSizekb as 2012 and later have it */

/* What a request is about. */
struct lg_about {
    const char *action;     /* a whole URI, or the name of a method of the class */
    const char *class_name; /* of LG_VIRTUALIZATION; "*" for all; NULL: none (Identify) */
    struct lg_key keys[4];
    unsigned key_count;
};
#define LG_ACTION_GET LG_NS_TRANSFER "/Get"
#define LG_ACTION_ENUMERATE LG_NS_ENUMERATION "/Enumerate"
#define LG_ACTION_PULL LG_NS_ENUMERATION "/Pull"

/* Begin writes up to and with <s:Body>. */
void lg_message_begin(struct lg_text *text, const struct lg_client *client,
                      const struct lg_about *about);
void lg_message_end(struct lg_text *text);

/* A fault as the host told it. */
struct lg_told_fault {
    enum lg_wsman_fault fault; /* the row that fits, or NONE */
    unsigned long code;        /* 0: no f:WSManFault */
    uint32_t hresult;          /* one that the text names, or 0 */
    char text[120];            /* what it says, for people */
};

enum lg_exchanged {
    LG_EXCHANGED,         /* body: what was answered */
    LG_EXCHANGED_FAULT,   /* fault is filled */
    LG_EXCHANGED_LOST,    /* it may have been carried out */
    LG_EXCHANGED_LARGE,   /* 413: over the host's envelope limit */
    LG_EXCHANGED_NOTHING, /* the harness cannot go on; reason */
    LG_EXCHANGED_REFUSED  /* 401; reason */
};
struct lg_exchange {
    struct lg_xml *xml;             /* lg_exchange_end releases it */
    const struct lg_xml_node *body; /* the first element in s:Body */
    struct lg_told_fault fault;
};

/* Sends a message that was ended, and reads what comes back. */
enum lg_exchanged lg_exchange_run(struct lg_client *client, const struct lg_text *message,
                                  struct lg_exchange *exchange, struct lg_json_error *reason);
void lg_exchange_end(struct lg_exchange *exchange);

/* Runs a WQL query on LG_VIRTUALIZATION: `take` sees every instance, in order. */
enum lg_exchanged lg_message_query(struct lg_client *client, const char *wql,
                                   void (*take)(void *context, const struct lg_xml_node *instance),
                                   void *context, struct lg_told_fault *fault,
                                   struct lg_json_error *reason);

#endif
