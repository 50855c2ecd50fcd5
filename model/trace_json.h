/* Traces as JSON, over Jansson. A library of its own, so that the core needs none.
 *
 * Shapes (conformance/schema has the schemas):
 *   call      {"call": "Class.Method", "target": NAME, "args": {...}}   or   {"event":
 * "Class.Method", ...} outcome   {"return": N, "out": {...}}  {"properties": {...}}  {"instances":
 * [NAME...]}  {"fault": NAME} Ownership: json_t results belong to the caller. Errors: false, and
 * one line that says what is wrong and where. */
#ifndef LG_TRACE_JSON_H
#define LG_TRACE_JSON_H

#include <jansson.h>

#include "trace.h"

enum { LG_NAME_BYTES = 96, LG_REASON_BYTES = 200 };

struct lg_json_error {
    char reason[LG_REASON_BYTES];
};
bool lg_json_fail(struct lg_json_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- bytes by symbol ---- */

struct lg_blob {
    uint8_t *bytes;
    size_t length;
    uint64_t hash;
    uint8_t shape;
};

/* Symbols of a run: those of the materials first, each new content the next one. */
struct lg_blobs {
    struct lg_blob *items; /* by symbol; 0 is unused */
    uint32_t count;
    uint32_t capacity;
    uint32_t *index; /* open addressing over items */
    uint32_t index_size;
};
bool lg_blobs_init(struct lg_blobs *blobs);
void lg_blobs_free(struct lg_blobs *blobs);

/* The symbol of these bytes, LG_SYMBOL_NONE when LG_SYMBOL_MAX are there or memory is short. */
uint16_t lg_blobs_intern(struct lg_blobs *blobs, const uint8_t *bytes, size_t length);
const struct lg_blob *lg_blobs_get(const struct lg_blobs *blobs, uint16_t symbol);

/* The symbol of new bytes of a plausible protector, that tell by their number from others by the
 * same maker; LG_SYMBOL_NONE as above. */
uint16_t lg_blobs_make(struct lg_blobs *blobs, const char *maker, unsigned number);

/* The symbol of bytes that are known by their digest only, "LENGTH:HASH"; LG_SYMBOL_NONE as above,
 * or where this is no digest. */
uint16_t lg_blobs_intern_digest(struct lg_blobs *blobs, const char *digest);

/* Gives a material other bytes: a host's own. */
bool lg_blobs_replace(struct lg_blobs *blobs, uint16_t symbol, const uint8_t *bytes, size_t length);

/* ---- names ---- */

enum lg_self { LG_SELF_VM, LG_SELF_VM_ID, LG_SELF_SETTING, LG_SELF_TPM, LG_SELF_JOB };

/* How VMs, jobs and bytes are written. A scripts's names are "$vm0", "$job1" and material names; a
 * target has its own. Each `..._of` returns a number or -1, each `write_...` fills LG_NAME_BYTES.
 */
struct lg_names {
    void *context;
    int (*vm_of)(void *context, const char *text);
    int (*job_of)(void *context, const char *text);
    void (*write_vm)(void *context, uint16_t vm, char *text);
    void (*write_job)(void *context, uint16_t job, char *text);
    /* Embedded instances as text; both NULL: as objects. read: false if the text is too odd to be a
     * call. write: a text that the caller frees. */
    bool (*read_text)(void *context, const char *text, size_t length, struct lg_call *call);
    char *(*write_text)(void *context, const struct lg_call *call);
    /* Checkpoints, by the VM that they are of; NULL where there are none. */
    int (*checkpoint_of)(void *context, const char *text);
    void (*write_checkpoint)(void *context, uint16_t vm, char *text);
    struct lg_blobs *blobs;
    bool raw;     /* bytes are base64, as on a wire; else materials by name */
    bool digests; /* bytes that are no material are written as {"digest": "LENGTH:HASH"} */
};
void lg_names_of_scripts(struct lg_names *names, struct lg_blobs *blobs);

/* ---- base64 ---- */

/* Bytes that text of this length decodes to at most. */
size_t lg_base64_room(size_t text_length);
bool lg_base64_read(const char *text, size_t text_length, uint8_t *bytes, size_t *length);
char *lg_base64_write(const uint8_t *bytes, size_t length);

/* ---- calls and outcomes ---- */

bool lg_call_from_json(const json_t *json, const struct lg_names *names, struct lg_call *call,
                       struct lg_json_error *error);
json_t *lg_call_to_json(const struct lg_call *call, const struct lg_names *names);
bool lg_outcome_from_json(const json_t *json, const struct lg_call *call,
                          const struct lg_names *names, struct lg_outcome *outcome,
                          struct lg_json_error *error);
json_t *lg_outcome_to_json(const struct lg_outcome *outcome, const struct lg_call *call,
                           const struct lg_names *names);

/* Bytes by symbol: a material's name, base64, or a digest; LG_SYMBOL_NONE for what is neither. */
json_t *lg_symbol_to_json(uint16_t symbol, const struct lg_names *names);
uint16_t lg_symbol_from_json(const json_t *json, const struct lg_names *names);

/* Bytes that nobody may see, as "LENGTH:HASH"; null for none. A digest of bytes that this side does
 * not have is a symbol that stands for unseen ones; false: no such text. */
json_t *lg_digest_to_json(uint16_t symbol, const struct lg_blobs *blobs);
bool lg_digest_from_json(const json_t *json, const struct lg_blobs *blobs, uint16_t *symbol);

/* Words of scripts for enumerations, in their order. */
extern const char *const lg_identity_words[LG_IDENTITY_COUNT];
extern const char *const lg_role_words[LG_ROLE_COUNT];
extern const char *const lg_version_words[LG_HOST_VERSION_COUNT];

/* Whether a call makes the VM that it is about: it has no target on a wire. */
bool lg_call_makes_vm(uint8_t method);

/* Whether a member of the object is none of these, NULL at the end; says which. */
bool lg_json_only(const json_t *object, struct lg_json_error *error, ...);

/* ---- properties (classes.def) ---- */

enum lg_property_type {
    LG_TYPE_BOOLEAN,
    LG_TYPE_BOOLEAN_OR_NULL,
    LG_TYPE_UINT8,
    LG_TYPE_SINT8,
    LG_TYPE_UINT16,
    LG_TYPE_UINT32,
    LG_TYPE_STRING,
    LG_TYPE_DATETIME,
    LG_TYPE_LAST_CHANGE, /* a DATETIME, or an interval of zero */
    LG_TYPE_INTERVAL,
    LG_TYPE_UINT16_ARRAY,
    LG_TYPE_STRING_ARRAY,
    LG_TYPE_STATUS_ARRAY,
    LG_TYPE_ENABLED_STATE,
    LG_TYPE_SYSTEM_TYPE,
    LG_TYPE_SUB_TYPE,
    LG_TYPE_VERSION,
    LG_TYPE_PROTECTOR,
    LG_TYPE_DIGEST,
    LG_TYPE_TEXT_OR_NULL,
    LG_TYPE_JOB_STATE,
    LG_TYPE_AFFECTED
};
enum lg_property_source { LG_SOURCE_FIELD, LG_SOURCE_CONSTANT, LG_SOURCE_FREE, LG_SOURCE_SELF };

struct lg_property_row {
    enum lg_method read;
    const char *name;
    enum lg_property_type type;
    enum lg_property_source source;
    unsigned number;     /* of FIELD and SELF */
    const char *literal; /* of CONSTANT and FREE */
};
extern const struct lg_property_row lg_properties[];
extern const unsigned lg_property_count;

/* The last parts of the InstanceIDs of a VM's security and TPM settings: constants of the
 * simulator, which nobody may rely upon. */
#define LG_SETTING_PART "6B3C1D4E-0A5F-4C1B-9E62-7D1F8A90C3E5"
#define LG_TPM_PART "0F5B8C2A-94D7-4E3F-8B61-2C7A9D10E4F6"

/* The instance as a read shows it; and what an instance that was read shows. */
json_t *lg_properties_to_json(const struct lg_outcome *outcome, const struct lg_call *call,
                              const struct lg_names *names);
bool lg_properties_from_json(const json_t *json, const struct lg_call *call,
                             const struct lg_names *names, struct lg_outcome *outcome,
                             struct lg_json_error *error);

/* CIM datetimes and intervals <-> milliseconds; the epoch is 1601-01-01. False: no such text. */
bool lg_datetime_read(const char *text, uint64_t *ms);
bool lg_interval_read(const char *text, uint64_t *ms);
void lg_datetime_write(uint64_t ms, char text[32]);
void lg_interval_write(uint64_t ms, char text[32]);

#endif
