/* The tables of the .def files as data, and how rows are found. */
#include "tables.h"

const struct lg_method_row lg_methods[LG_METHOD_COUNT] = {
#define LG_METHOD(id, class, name, kind, target, scheme, page)                                     \
    [LG_CALL_##id] = {class, name, page, LG_KIND_##kind, LG_TARGET_##target, LG_SCHEME_##scheme},
#include "methods.def"
#undef LG_METHOD
};

const struct lg_meaning_row lg_meanings[LG_MEANING_COUNT] = {
#define LG_MEANING(id, name, text) [LG_MEANING_##id] = {name, text},
#include "meanings.def"
#undef LG_MEANING
};

const struct lg_return_row lg_returns[LG_RETURN_COUNT] = {
#define LG_RETURN(method, low, high, meaning, label)                                               \
    {LG_CALL_##method, low, high, LG_MEANING_##meaning, label},
#include "return_codes.def"
#undef LG_RETURN
};

/* Row + 1 by method and meaning: the first row of a method that has the meaning. */
static const uint8_t row_of_meaning[LG_METHOD_COUNT][LG_MEANING_COUNT] = {
#define LG_RETURN(method, low, high, meaning, label)                                               \
    [LG_CALL_##method][LG_MEANING_##meaning] = LG_RETURN_##method##_##low + 1,
#include "return_codes.def"
#undef LG_RETURN
};
_Static_assert((int)LG_RETURN_COUNT < 255, "a row fits a byte");

const struct lg_clause_row lg_clauses[LG_CLAUSE_COUNT] = {
    [LG_CLAUSE_none] = {"none", "", "", LG_CLAUSE_KIND_SILENT, ""},
#define LG_CLAUSE(id, page, section, kind, text)                                                   \
    [LG_CLAUSE_##id] = {#id, page, section, LG_CLAUSE_KIND_##kind, text},
#include "clauses.def"
#undef LG_CLAUSE
};

const struct lg_fault_row lg_faults[LG_FAULT_COUNT] = {
    [LG_FAULT_NONE] = {"none", 0},
    [LG_FAULT_NOT_FOUND] = {"not_found", 0x80041002u},
    [LG_FAULT_ACCESS_DENIED] = {"access_denied", 0x80041003u},
    [LG_FAULT_TYPE_MISMATCH] = {"type_mismatch", 0x80041005u},
    [LG_FAULT_INVALID_NAMESPACE] = {"invalid_namespace", 0x8004100Eu},
    [LG_FAULT_INVALID_CLASS] = {"invalid_class", 0x80041010u},
    [LG_FAULT_INVALID_PARAMETERS] = {"invalid_parameters", 0x8004102Fu},
    [LG_FAULT_UNAVAILABLE] = {"unavailable", 0x800706BAu},
};

enum answer {
#define LG_MEANING(id, name, text) ANSWER_##id = LG_MEANING_##id,
#include "meanings.def"
#undef LG_MEANING
    ANSWER_FAULT_ACCESS_DENIED = LG_ANSWER_FAULT + LG_FAULT_ACCESS_DENIED,
    ANSWER_FAULT_TYPE_MISMATCH = LG_ANSWER_FAULT + LG_FAULT_TYPE_MISMATCH,
    ANSWER_FAULT_INVALID_NAMESPACE = LG_ANSWER_FAULT + LG_FAULT_INVALID_NAMESPACE,
    ANSWER_FAULT_INVALID_CLASS = LG_ANSWER_FAULT + LG_FAULT_INVALID_CLASS,
    ANSWER_FAULT_INVALID_PARAMETERS = LG_ANSWER_FAULT + LG_FAULT_INVALID_PARAMETERS,
    ANSWER_FAULT_UNAVAILABLE = LG_ANSWER_FAULT + LG_FAULT_UNAVAILABLE,
    ANSWER_OBJECT_NOT_FOUND = LG_ANSWER_OBJECT_NOT_FOUND,
    ANSWER_ARMED = LG_ANSWER_ARMED,
    ANSWER_NONE = LG_ANSWER_NONE
};

const struct lg_cause_row lg_causes[LG_CAUSE_COUNT] = {
#define LG_CAUSE(id, place, clause, a, b, c, d, e)                                                 \
    [LG_CAUSE_##id] = {#id,                                                                        \
                       LG_PLACE_##place,                                                           \
                       LG_CLAUSE_##clause,                                                         \
                       {ANSWER_##a, ANSWER_##b, ANSWER_##c, ANSWER_##d, ANSWER_##e}},
#include "causes.def"
#undef LG_CAUSE
};
_Static_assert((int)LG_CAUSE_COUNT <= 32, "causes are bits of a word");

/* Where a site's alternatives begin; the next site's begin where they end. */
static const uint16_t first_alternative[LG_SITE_COUNT + 1] = {
#define LG_SITE(id, scope, key, reg, page, question) [LG_SITE_##id] = LG_ROW_##id,
#define LG_ALT(site, name, tag, clause, what)
#include "choices.def"
#undef LG_SITE
#undef LG_ALT
    [LG_SITE_COUNT] = LG_ALTERNATIVE_COUNT,
};

const struct lg_site_row lg_sites[LG_SITE_COUNT] = {
#define LG_SITE(id, scope, key, reg, page, question)                                               \
    [LG_SITE_##id] = {#id,          reg,           page,       question, #key, LG_SCOPE_##scope,   \
                      LG_SLOT_##id, LG_KEYS_##key, LG_ROW_##id},
#define LG_ALT(site, name, tag, clause, what)
#include "choices.def"
#undef LG_SITE
#undef LG_ALT
};

static const uint8_t site_of_slot[LG_SLOT_COUNT] = {
#define LG_SITE(id, scope, key, reg, page, question)                                               \
    [LG_SLOT_##id... LG_SLOT_LAST_##id] = LG_SITE_##id,
#define LG_ALT(site, name, tag, clause, what)
#include "choices.def"
#undef LG_SITE
#undef LG_ALT
};
_Static_assert((int)LG_SITE_COUNT <= 255, "a site fits a byte");

const struct lg_alternative_row lg_alternatives[LG_ALTERNATIVE_COUNT] = {
#define LG_SITE(id, scope, key, reg, page, question)
#define LG_ALT(site, name, tag, clause, what)                                                      \
    [LG_ROW_##site##_##name] = {#name, LG_SITE_##site, LG_TAG_##tag, LG_CLAUSE_##clause, what},
#include "choices.def"
#undef LG_SITE
#undef LG_ALT
};

const struct lg_profile_row lg_profiles[LG_PROFILE_COUNT] = {
#define LG_PROFILE(id, name, text) [LG_PROFILE_##id] = {name, text},
#define LG_PIN(profile, site, alternative)
#include "profiles.def"
#undef LG_PROFILE
#undef LG_PIN
};

const struct lg_pin_row lg_pins[] = {
#define LG_PROFILE(id, name, text)
#define LG_PIN(profile, site, alternative)                                                         \
    {LG_PROFILE_##profile, LG_SITE_##site, LG_ALT_##site##_##alternative},
#include "profiles.def"
#undef LG_PROFILE
#undef LG_PIN
};
const size_t lg_pin_count = sizeof lg_pins / sizeof lg_pins[0];

const char *const lg_setting_names[LG_SETTING_COUNT] = {
    [LG_SETTING_TPM_ENABLED] = "TpmEnabled",
    [LG_SETTING_KSD_ENABLED] = "KsdEnabled",
    [LG_SETTING_SHIELDING_REQUESTED] = "ShieldingRequested",
    [LG_SETTING_DATA_PROTECTION_REQUESTED] = "DataProtectionRequested",
    [LG_SETTING_ENCRYPT_STATE] = "EncryptStateAndVmMigrationTraffic",
    [LG_SETTING_VBS_OPT_OUT] = "VirtualizationBasedSecurityOptOut",
    [LG_SETTING_BIND_TO_HOST_TPM] = "BindToHostTpm",
    [LG_SETTING_APP_CONTAINER_LAUNCH_OPT_OUT] = "AppContainerLaunchOptOut",
};

const struct lg_return_row *lg_return_by_meaning(enum lg_method method, enum lg_meaning meaning)
{
    unsigned row = row_of_meaning[method][meaning];
    return row ? &lg_returns[row - 1] : NULL;
}

const struct lg_return_row *lg_return_by_code(enum lg_method method, uint32_t code)
{
    for (unsigned i = 0; i < LG_RETURN_COUNT; i++)
        if (lg_returns[i].method == method && code >= lg_returns[i].low &&
            code <= lg_returns[i].high)
            return &lg_returns[i];
    return NULL;
}

enum lg_site lg_slot_site(uint16_t slot)
{
    return (enum lg_site)site_of_slot[slot];
}

static unsigned cause_answers(unsigned cause)
{
    unsigned count = 0;
    while (count < LG_CAUSE_ANSWERS && lg_causes[cause].answers[count] != LG_ANSWER_NONE)
        count++;
    return count;
}

/* Short and very long bytes do not take a member away: only "none" and Null may. */
static bool blob_key_may_clear(unsigned key)
{
    return key % 4 >= 2;
}

unsigned lg_site_alternatives(enum lg_site site)
{
    return (unsigned)(first_alternative[site + 1] - first_alternative[site]);
}

unsigned lg_slot_alternatives(uint16_t slot)
{
    enum lg_site site = lg_slot_site(slot);
    unsigned count = lg_site_alternatives(site);
    unsigned key = (unsigned)(slot - lg_sites[site].slot);

    if (site == LG_SITE_failure_meaning)
        return cause_answers(key % LG_CAUSE_COUNT);
    if (site == LG_SITE_blob_shape && !blob_key_may_clear(key))
        return count - 1;
    return count;
}

enum lg_tag lg_slot_tag(uint16_t slot, unsigned alternative)
{
    enum lg_site site = lg_slot_site(slot);
    unsigned key = (unsigned)(slot - lg_sites[site].slot);

    if (site == LG_SITE_failure_meaning &&
        lg_causes[key % LG_CAUSE_COUNT].answers[alternative] == LG_ANSWER_OBJECT_NOT_FOUND)
        return LG_TAG_UNDOCUMENTED;
    return lg_alternatives[lg_sites[site].alternative + alternative].tag;
}

static bool same_text(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

/* Whether the first `length` bytes of `text` are all of `whole`. */
static bool is_whole(const char *whole, const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && whole[i] && whole[i] == text[i])
        i++;
    return i == length && !whole[i];
}

int lg_method_find(const char *class_name, size_t class_length, const char *name,
                   size_t name_length)
{
    for (int i = 0; i < LG_METHOD_COUNT; i++)
        if (is_whole(lg_methods[i].class_name, class_name, class_length) &&
            is_whole(lg_methods[i].name, name, name_length))
            return i;
    return -1;
}

int lg_profile_find(const char *name)
{
    for (int i = 0; i < LG_PROFILE_COUNT; i++)
        if (same_text(lg_profiles[i].name, name))
            return i;
    return -1;
}

int lg_site_find(const char *id)
{
    for (int i = 0; i < LG_SITE_COUNT; i++)
        if (same_text(lg_sites[i].id, id))
            return i;
    return -1;
}

int lg_clause_find(const char *id)
{
    for (int i = 1; i < LG_CLAUSE_COUNT; i++)
        if (same_text(lg_clauses[i].id, id))
            return i;
    return -1;
}

int lg_meaning_find(const char *name)
{
    for (int i = 0; i < LG_MEANING_COUNT; i++)
        if (same_text(lg_meanings[i].name, name))
            return i;
    return -1;
}
