/* One message being answered: what the operations share. Private to the mapping. */
#ifndef LG_EXCHANGE_H
#define LG_EXCHANGE_H

#include "soap_headers.h"
#include "wql.h"
#include "wsman.h"

#define LG_NO_PROBLEM lg_wsman_problem_of(LG_WSMAN_FAULT_NONE, NULL)

enum { LG_UUID_BYTES = 37, LG_ABOUT_BYTES = 200 };

/* What the items of an enumeration are written as. */
enum lg_item_form { LG_ITEM_OBJECT, LG_ITEM_REFERENCE, LG_ITEM_BOTH };

/* What an Enumerate found and nobody has pulled yet. Owned by its context. */
struct lg_enumeration {
    struct lg_instances instances;
    size_t next;
    struct lg_wql *wql; /* its columns; or NULL */
    enum lg_item_form form;
    enum lg_uri_family family;
    char *account; /* who may pull */
};
void lg_enumeration_free(struct lg_enumeration *enumeration);

struct lg_context {
    uint64_t number; /* of its last reply: the lowest is the oldest; 0: free */
    char name[LG_UUID_BYTES];
    struct lg_enumeration enumeration;
};

struct lg_wsman {
    const struct lg_wsman_host *host;
    struct lg_wsman_settings settings;
    uint64_t numbers; /* given to message ids and contexts so far */
    struct lg_context contexts[LG_WSMAN_CONTEXTS_MAX];
};

struct lg_exchange {
    struct lg_wsman *wsman;
    const struct lg_wsman_host *host;
    const struct lg_wsman_caller *caller;
    const struct lg_soap_request *request;
    struct lg_text *body;
    char message_id[LG_UUID_BYTES];
    char about[LG_ABOUT_BYTES]; /* hold what a problem is about where nothing else does */
    char query_class[LG_PATH_BYTES];
    bool anonymous;
};

/* Operations: each writes the whole reply, or answers a problem with nothing changed that a
 * repeated request would miss. */
struct lg_wsman_problem lg_exchange_identify(struct lg_exchange *exchange);
struct lg_wsman_problem lg_exchange_get(struct lg_exchange *exchange);
struct lg_wsman_problem lg_exchange_enumerate(struct lg_exchange *exchange);
struct lg_wsman_problem lg_exchange_pull(struct lg_exchange *exchange);
struct lg_wsman_problem lg_exchange_release(struct lg_exchange *exchange);
struct lg_wsman_problem lg_exchange_invoke(struct lg_exchange *exchange);

/* Answers an Enumerate with what was found: takes it over, whatever comes of it. optimized: the
 * items that the reply may hold at most, 0 for none. */
struct lg_wsman_problem lg_exchange_begin_enumeration(struct lg_exchange *exchange,
                                                      struct lg_enumeration *enumeration,
                                                      unsigned long optimized);

/* A number that no reply had before, as a UUID. */
uint64_t lg_exchange_uuid(struct lg_wsman *wsman, char uuid[LG_UUID_BYTES]);

/* A copy of a text in `room`, cut if it is too long, that is UTF-8 whatever the text is. */
const char *lg_exchange_hold(char *room, size_t size, const char *text);

/* A positive decimal number as the whole text of a node, white space aside; false if it is none. */
bool lg_node_number(const struct lg_xml_node *node, unsigned long max, unsigned long *number);

#endif
