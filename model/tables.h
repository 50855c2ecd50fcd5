/* The tables of the service as enumerations, and what is known of each row. Everything here is
 * generated from the .def files beside it: a fact of the service stands there once. */
#ifndef LG_TABLES_H
#define LG_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limits.h"

enum lg_method {
#define LG_METHOD(id, class, name, kind, target, scheme, page) LG_CALL_##id,
#include "methods.def"
#undef LG_METHOD
    LG_METHOD_COUNT
};

/* The first methods are those whose readings may depend on the method. */
enum { LG_KEYED_METHODS = LG_CALL_DESTROY_SYSTEM + 1 };

enum lg_kind { LG_KIND_METHOD, LG_KIND_READ, LG_KIND_LIST, LG_KIND_EVENT };
enum lg_target_kind { LG_TARGET_SERVICE, LG_TARGET_VM, LG_TARGET_JOB, LG_TARGET_HOST };
enum lg_scheme { LG_SCHEME_327XX, LG_SCHEME_DMTF, LG_SCHEME_STATE, LG_SCHEME_KILL, LG_SCHEME_NONE };

struct lg_method_row {
    const char *class_name;
    const char *name;
    const char *page;
    enum lg_kind kind;
    enum lg_target_kind target;
    enum lg_scheme scheme;
};
extern const struct lg_method_row lg_methods[LG_METHOD_COUNT];

enum lg_meaning {
#define LG_MEANING(id, name, text) LG_MEANING_##id,
#include "meanings.def"
#undef LG_MEANING
    LG_MEANING_COUNT
};

struct lg_meaning_row {
    const char *name;
    const char *text;
};
extern const struct lg_meaning_row lg_meanings[LG_MEANING_COUNT];

/* One row of a return table: low = high but for ranges. */
struct lg_return_row {
    enum lg_method method;
    uint32_t low;
    uint32_t high;
    enum lg_meaning meaning;
    const char *label;
};
enum lg_return_index {
#define LG_RETURN(method, low, high, meaning, label) LG_RETURN_##method##_##low,
#include "return_codes.def"
#undef LG_RETURN
    LG_RETURN_COUNT
};
extern const struct lg_return_row lg_returns[LG_RETURN_COUNT];

enum lg_clause {
    LG_CLAUSE_none,
#define LG_CLAUSE(id, page, section, kind, text) LG_CLAUSE_##id,
#include "clauses.def"
#undef LG_CLAUSE
    LG_CLAUSE_COUNT
};
enum lg_clause_kind {
    LG_CLAUSE_KIND_MUST,
    LG_CLAUSE_KIND_MAY,
    LG_CLAUSE_KIND_DEFINES,
    LG_CLAUSE_KIND_SILENT,
    LG_CLAUSE_KIND_CONTRADICTED,
    LG_CLAUSE_KIND_OBSERVED
};
struct lg_clause_row {
    const char *id;
    const char *page;
    const char *section;
    enum lg_clause_kind kind;
    const char *text;
};
extern const struct lg_clause_row lg_clauses[LG_CLAUSE_COUNT];

/* What a cause may be answered with: a meaning, a failure of WMI itself, or one of these. */
enum lg_fault {
    LG_FAULT_NONE,
    LG_FAULT_NOT_FOUND,
    LG_FAULT_ACCESS_DENIED,
    LG_FAULT_TYPE_MISMATCH,
    LG_FAULT_INVALID_NAMESPACE,
    LG_FAULT_INVALID_CLASS,
    LG_FAULT_INVALID_PARAMETERS,
    LG_FAULT_UNAVAILABLE,
    LG_FAULT_COUNT
};
struct lg_fault_row {
    const char *name;
    uint32_t hresult;
};
extern const struct lg_fault_row lg_faults[LG_FAULT_COUNT];

enum lg_cause {
#define LG_CAUSE(id, place, clause, a, b, c, d, e) LG_CAUSE_##id,
#include "causes.def"
#undef LG_CAUSE
    LG_CAUSE_COUNT
};
enum lg_place { LG_PLACE_CALL, LG_PLACE_PARAMETER, LG_PLACE_STATE };
enum { LG_CAUSE_ANSWERS = 5 };
/* An answer is a meaning, or LG_ANSWER_FAULT + a fault, or one of the last three. */
enum {
    LG_ANSWER_FAULT = 64,
    LG_ANSWER_OBJECT_NOT_FOUND = 96, /* 32789, which no page lists */
    LG_ANSWER_ARMED = 97,            /* the code of the cause that an event armed */
    LG_ANSWER_NONE = 98
};
struct lg_cause_row {
    const char *name;
    enum lg_place place;
    enum lg_clause clause;
    uint8_t answers[LG_CAUSE_ANSWERS];
};
extern const struct lg_cause_row lg_causes[LG_CAUSE_COUNT];

/* Choice sites, their alternatives, and slots: one slot for each key that a site's reading may
 * depend on. */
enum lg_site {
#define LG_SITE(id, scope, key, reg, page, question) LG_SITE_##id,
#define LG_ALT(site, name, tag, clause, what)
#include "choices.def"
#undef LG_SITE
#undef LG_ALT
    LG_SITE_COUNT
};

enum lg_alternative_index {
#define LG_SITE(id, scope, key, reg, page, question)                                               \
    LG_ROW_##id, LG_ROW_BEFORE_##id = LG_ROW_##id - 1,
#define LG_ALT(site, name, tag, clause, what) LG_ROW_##site##_##name,
#include "choices.def"
#undef LG_SITE
#undef LG_ALT
    LG_ALTERNATIVE_COUNT
};

enum lg_alternative {
#define LG_SITE(id, scope, key, reg, page, question)
#define LG_ALT(site, name, tag, clause, what)                                                      \
    LG_ALT_##site##_##name = LG_ROW_##site##_##name - LG_ROW_##site,
#include "choices.def"
#undef LG_SITE
#undef LG_ALT
    LG_ALTERNATIVE_END
};

enum lg_scope { LG_SCOPE_TIMING, LG_SCOPE_READING };
enum lg_tag { LG_TAG_CONFORMS, LG_TAG_UNDOCUMENTED, LG_TAG_VIOLATES };

/* What a key counts, in the order of its values. */
enum {
    LG_KEYS_NONE = 1,
    LG_KEYS_METHOD = LG_KEYED_METHODS,
    LG_KEYS_METHOD_POWER = LG_KEYED_METHODS * 4, /* off, running, paused, saved */
    LG_KEYS_METHOD_CAUSE =
        (LG_KEYED_METHODS + 1) * LG_CAUSE_COUNT, /* the last for all other methods */
    LG_KEYS_METHOD_CONTROL = 3,                  /* StartService, StopService, RequestStateChange */
    LG_KEYS_REQUEST = 5,                         /* Start, Suspend, Terminate, Kill, Service */
    LG_KEYS_BLOB = 8, /* protector and policy: short, too long, empty, Null */
    LG_KEYS_FLAG = 8,
    LG_KEYS_TEXT_LENGTH = 2, /* above 64 KiB, above 1 MiB */
    LG_KEYS_IDENTITY = 2     /* other case, without the last part */
};

enum lg_slot {
#define LG_SITE(id, scope, key, reg, page, question)                                               \
    LG_SLOT_##id, LG_SLOT_LAST_##id = LG_SLOT_##id + LG_KEYS_##key - 1,
#define LG_ALT(site, name, tag, clause, what)
#include "choices.def"
#undef LG_SITE
#undef LG_ALT
    LG_SLOT_COUNT
};

struct lg_site_row {
    const char *id;
    const char *reg;
    const char *page;
    const char *question;
    const char *key;
    enum lg_scope scope;
    uint16_t slot; /* the first one */
    uint16_t slots;
    uint16_t alternative; /* the first row */
};
extern const struct lg_site_row lg_sites[LG_SITE_COUNT];

struct lg_alternative_row {
    const char *name;
    enum lg_site site;
    enum lg_tag tag;
    enum lg_clause clause;
    const char *what;
};
extern const struct lg_alternative_row lg_alternatives[LG_ALTERNATIVE_COUNT];

enum lg_profile_id {
#define LG_PROFILE(id, name, text) LG_PROFILE_##id,
#define LG_PIN(profile, site, alternative)
#include "profiles.def"
#undef LG_PROFILE
#undef LG_PIN
    LG_PROFILE_COUNT
};
struct lg_profile_row {
    const char *name;
    const char *text;
};
extern const struct lg_profile_row lg_profiles[LG_PROFILE_COUNT];
struct lg_pin_row {
    uint8_t profile;
    uint8_t site;
    uint8_t alternative;
};
extern const struct lg_pin_row lg_pins[];
extern const size_t lg_pin_count;

/* The settings, in the order of their bits; the last two exist from a host version on. */
enum lg_setting {
    LG_SETTING_TPM_ENABLED,
    LG_SETTING_KSD_ENABLED,
    LG_SETTING_SHIELDING_REQUESTED,
    LG_SETTING_DATA_PROTECTION_REQUESTED,
    LG_SETTING_ENCRYPT_STATE,
    LG_SETTING_VBS_OPT_OUT,
    LG_SETTING_BIND_TO_HOST_TPM,
    LG_SETTING_APP_CONTAINER_LAUNCH_OPT_OUT,
    LG_SETTING_COUNT
};
extern const char *const lg_setting_names[LG_SETTING_COUNT];

/* Finds a row: the method's row with this meaning or this number; NULL where there is none. */
const struct lg_return_row *lg_return_by_meaning(enum lg_method method, enum lg_meaning meaning);
const struct lg_return_row *lg_return_by_code(enum lg_method method, uint32_t code);

/* The site that a slot belongs to. */
enum lg_site lg_slot_site(uint16_t slot);

/* How many alternatives a slot has, and the tag of one; failure_meaning's depend on the cause in
 * its key. */
unsigned lg_slot_alternatives(uint16_t slot);
enum lg_tag lg_slot_tag(uint16_t slot, unsigned alternative);

/* How many alternatives a site has, whatever its key. */
unsigned lg_site_alternatives(enum lg_site site);

/* Finds by name; -1 where there is none. Names compare exactly. */
int lg_method_find(const char *class_name, size_t class_length, const char *name,
                   size_t name_length);
int lg_profile_find(const char *name);
int lg_site_find(const char *id);
int lg_clause_find(const char *id);
int lg_meaning_find(const char *name);

#endif
