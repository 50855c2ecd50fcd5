/* Instances: the fields of an outcome <-> the properties of classes.def. */
#include "trace_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row's last column is a number (FIELD, SELF) or a literal (CONSTANT, FREE). */
#define NUMBER_FIELD(argument) argument
#define NUMBER_SELF(argument) argument
#define NUMBER_CONSTANT(argument) 0
#define NUMBER_FREE(argument) 0
#define LITERAL_FIELD(argument) NULL
#define LITERAL_SELF(argument) NULL
#define LITERAL_CONSTANT(argument) argument
#define LITERAL_FREE(argument) argument

const struct lg_property_row lg_properties[] = {
#define LG_PROPERTY(read, name, type, source, argument)                                            \
    {LG_CALL_##read,                                                                               \
     #name,                                                                                        \
     LG_TYPE_##type,                                                                               \
     LG_SOURCE_##source,                                                                           \
     NUMBER_##source(argument),                                                                    \
     LITERAL_##source(argument)},
#include "classes.def"
#undef LG_PROPERTY
};
const unsigned lg_property_count = sizeof lg_properties / sizeof lg_properties[0];

/* ---- numbers of EnabledState: the first version's from bit 16 on (op_read.c) ---- */

static const uint16_t first_version[] = {32768, 32769, 32770, 32771, 32772,
                                         32773, 32774, 32775, 32776, 32777};
enum {
    FIRST_VERSION_BIT = 16,
    FIRST_VERSION_COUNT = sizeof first_version / sizeof first_version[0]
};

/* A number that stands for no state is one bit, and is written as a number that stands for none. */
enum { NO_STATE_BIT = 63, NO_STATE = 65535 };
static const uint64_t no_state = (uint64_t)1 << NO_STATE_BIT;

static uint64_t enabled_state_bit(json_int_t number)
{
    if (number >= 0 && number < FIRST_VERSION_BIT)
        return (uint64_t)1 << number;
    for (unsigned i = 0; i < FIRST_VERSION_COUNT; i++)
        if (first_version[i] == number)
            return (uint64_t)1 << (FIRST_VERSION_BIT + i);
    return no_state;
}

static json_int_t enabled_state_number(uint64_t bit)
{
    unsigned at = (unsigned)__builtin_ctzll(bit);
    if (at < FIRST_VERSION_BIT)
        return (json_int_t)at;
    at -= FIRST_VERSION_BIT;
    return at < FIRST_VERSION_COUNT ? first_version[at] : NO_STATE;
}

static json_int_t job_state_number(uint64_t bit)
{
    unsigned at = (unsigned)__builtin_ctzll(bit);
    return at < LG_JOB_STATE_COUNT ? lg_job_state_number((enum lg_job_state)at) : NO_STATE;
}

/* ---- writing ---- */

static json_t *time_to_json(uint64_t ms, bool interval)
{
    char text[32];
    if (interval)
        lg_interval_write(ms, text);
    else
        lg_datetime_write(ms, text);
    return json_string(text);
}

static json_t *protector_to_json(uint16_t symbol, const struct lg_names *names)
{
    return lg_symbol_to_json(symbol ? symbol : (uint16_t)(LG_MATERIAL_unset + 1), names);
}

static json_t *vm_to_json(uint16_t vm, const struct lg_names *names)
{
    char text[LG_NAME_BYTES];
    names->write_vm(names->context, vm, text);
    return json_string(text);
}

static json_t *field_to_json(const struct lg_property_row *row, uint64_t value,
                             const struct lg_names *names)
{
    switch (row->type) {
    case LG_TYPE_BOOLEAN: return json_boolean(value);
    case LG_TYPE_BOOLEAN_OR_NULL: return value == 2 ? json_null() : json_boolean(value);
    case LG_TYPE_DATETIME:
    case LG_TYPE_LAST_CHANGE: return time_to_json(value, false);
    case LG_TYPE_INTERVAL: return time_to_json(value, true);
    case LG_TYPE_STATUS_ARRAY: return json_pack("[I]", (json_int_t)value);
    case LG_TYPE_ENABLED_STATE: return json_integer(enabled_state_number(value));
    case LG_TYPE_SYSTEM_TYPE:
        return json_string(value ? "Microsoft:Hyper-V:System:Planned"
                                 : "Microsoft:Hyper-V:System:Realized");
    case LG_TYPE_SUB_TYPE:
        return json_string(value == 1 ? "Microsoft:Hyper-V:SubType:1"
                                      : "Microsoft:Hyper-V:SubType:2");
    case LG_TYPE_VERSION: return json_string(value ? "5.0" : "9.0");
    case LG_TYPE_DIGEST: return lg_digest_to_json((uint16_t)value, names->blobs);
    case LG_TYPE_PROTECTOR: return protector_to_json((uint16_t)value, names);
    case LG_TYPE_TEXT_OR_NULL: return value ? json_string("The operation failed.") : json_null();
    case LG_TYPE_JOB_STATE: return json_integer(job_state_number(value));
    case LG_TYPE_AFFECTED: return vm_to_json((uint16_t)value, names);
    default: return json_integer((json_int_t)value);
    }
}

static json_t *self_to_json(unsigned self, const struct lg_call *call, const struct lg_names *names)
{
    static const char *const forms[] = {"Microsoft:%s", "%s", "Microsoft:%s\\" LG_SETTING_PART,
                                        "Microsoft:%s\\" LG_TPM_PART};
    char name[LG_NAME_BYTES];
    char text[2 * LG_NAME_BYTES];
    if (self == LG_SELF_JOB) {
        names->write_job(names->context, call->job, name);
        return json_string(name);
    }
    names->write_vm(names->context, call->vm, name);
    if (call->method == LG_CALL_READ_VM)
        return json_string(name);
    snprintf(text, sizeof text, forms[self], name);
    return json_string(text);
}

static json_t *property_to_json(const struct lg_property_row *row, const struct lg_outcome *outcome,
                                const struct lg_call *call, const struct lg_names *names)
{
    if (row->source == LG_SOURCE_SELF)
        return self_to_json(row->number, call, names);
    if (row->source != LG_SOURCE_FIELD)
        return json_loads(row->literal, JSON_DECODE_ANY, NULL);
    if (outcome->nulls >> row->number & 1)
        return json_null();
    return outcome->shown >> row->number & 1
               ? field_to_json(row, outcome->fields[row->number].from, names)
               : NULL;
}

/* What was shown though its page rules it out is {}, which no property is. */
json_t *lg_properties_to_json(const struct lg_outcome *outcome, const struct lg_call *call,
                              const struct lg_names *names)
{
    json_t *json = json_object();
    for (unsigned i = 0, place = 0; i < lg_property_count; i++) {
        const struct lg_property_row *row = &lg_properties[i];
        if (row->read != call->method)
            continue;
        bool left_out = outcome->lacking >> place++ & 1;
        bool ruled_out = outcome->deviant == i + 1;
        json_t *value = left_out    ? NULL
                        : ruled_out ? json_object()
                                    : property_to_json(row, outcome, call, names);
        if (value)
            json_object_set_new(json, row->name, value);
    }
    return json;
}

/* ---- reading: false where the value is of another type ---- */

static bool number_of(const json_t *json, uint64_t *value)
{
    *value = (uint64_t)json_integer_value(json);
    return json_is_integer(json) && json_integer_value(json) >= 0;
}

static bool boolean_of(const json_t *json, uint64_t *value)
{
    *value = json_is_true(json);
    return json_is_boolean(json);
}

static bool word_of(const json_t *json, const char *zero, const char *one, uint64_t *value)
{
    const char *text = json_string_value(json);
    *value = text && strcmp(text, one) == 0;
    return text && (*value || strcmp(text, zero) == 0);
}

static bool job_state_of(const json_t *json, uint64_t *value)
{
    json_int_t number = json_integer_value(json);
    bool is_state = number >= 0 && number <= UINT32_MAX;
    enum lg_job_state state = is_state ? lg_job_state_of_number((uint32_t)number) : LG_JOB_FREE;
    *value = state == LG_JOB_FREE ? no_state : (uint64_t)1 << state;
    return json_is_integer(json);
}

static bool version_of(const json_t *json, uint64_t *value)
{
    const char *text = json_string_value(json);
    *value = text && strtol(text, NULL, 10) < 8;
    return text != NULL;
}

static bool protector_of(const json_t *json, const struct lg_names *names, uint64_t *value)
{
    uint16_t symbol = lg_symbol_from_json(json, names);
    const struct lg_blob *blob = lg_blobs_get(names->blobs, symbol);
    *value = blob && (blob->shape == LG_BLOB_EMPTY || blob->shape == LG_BLOB_UNSET) ? LG_SYMBOL_NONE
                                                                                    : symbol;
    return blob || json_is_null(json);
}

static bool digest_of(const json_t *json, const struct lg_names *names, uint64_t *value)
{
    uint16_t symbol = LG_SYMBOL_NONE;
    bool fits = lg_digest_from_json(json, names->blobs, &symbol);
    *value = symbol;
    return fits;
}

static bool vm_of(const json_t *json, const struct lg_names *names, uint64_t *value)
{
    const char *text = json_string_value(json);
    int vm = text ? names->vm_of(names->context, text) : -1;
    *value = (uint64_t)vm;
    return vm >= 0;
}

static bool field_of(const struct lg_property_row *row, const json_t *json,
                     const struct lg_names *names, uint64_t *value)
{
    const char *text = json_string_value(json);
    switch (row->type) {
    case LG_TYPE_BOOLEAN: return boolean_of(json, value);
    case LG_TYPE_BOOLEAN_OR_NULL: *value = 2; return json_is_null(json) || boolean_of(json, value);
    case LG_TYPE_DATETIME:
    case LG_TYPE_LAST_CHANGE: return text && lg_datetime_read(text, value);
    case LG_TYPE_INTERVAL: return text && lg_interval_read(text, value);
    case LG_TYPE_STATUS_ARRAY:
        return json_is_array(json) && number_of(json_array_get(json, 0), value);
    case LG_TYPE_ENABLED_STATE:
        *value = enabled_state_bit(json_integer_value(json));
        return json_is_integer(json);
    case LG_TYPE_SYSTEM_TYPE:
        return word_of(json, "Microsoft:Hyper-V:System:Realized",
                       "Microsoft:Hyper-V:System:Planned", value);
    case LG_TYPE_SUB_TYPE:
        if (!word_of(json, "Microsoft:Hyper-V:SubType:2", "Microsoft:Hyper-V:SubType:1", value))
            return false;
        *value = *value ? 1 : 2;
        return true;
    case LG_TYPE_VERSION: return version_of(json, value);
    case LG_TYPE_DIGEST: return digest_of(json, names, value);
    case LG_TYPE_PROTECTOR: return protector_of(json, names, value);
    case LG_TYPE_TEXT_OR_NULL: *value = text && *text; return text || json_is_null(json);
    case LG_TYPE_JOB_STATE: return job_state_of(json, value);
    case LG_TYPE_AFFECTED: return vm_of(json, names, value);
    default: return number_of(json, value);
    }
}

static bool is_mask(enum lg_property_type type)
{
    return type == LG_TYPE_ENABLED_STATE || type == LG_TYPE_JOB_STATE;
}

static bool is_constant(const struct lg_property_row *row, const json_t *value)
{
    json_t *literal = json_loads(row->literal, JSON_DECODE_ANY, NULL);
    bool equal = json_equal(literal, (json_t *)value);
    json_decref(literal);
    return equal;
}

static bool is_self(const struct lg_property_row *row, const json_t *value,
                    const struct lg_call *call, const struct lg_names *names)
{
    json_t *own = self_to_json(row->number, call, names);
    bool equal = row->number != LG_SELF_JOB || json_equal(own, (json_t *)value);
    json_decref(own);
    return equal;
}

/* Times may be Null, and the last change of a state that has not changed an interval of zero. */
static bool tells_nothing(const struct lg_property_row *row, const json_t *value)
{
    const char *text = json_string_value(value);
    uint64_t ms;
    if (row->type != LG_TYPE_DATETIME && row->type != LG_TYPE_LAST_CHANGE &&
        row->type != LG_TYPE_INTERVAL)
        return false;
    return json_is_null(value) ||
           (row->type == LG_TYPE_LAST_CHANGE && text && lg_interval_read(text, &ms) && ms == 0);
}

static bool read_field(const struct lg_property_row *row, const json_t *value,
                       const struct lg_names *names, struct lg_outcome *outcome)
{
    uint16_t bit = (uint16_t)(1u << row->number);
    uint64_t number = 0;
    if (tells_nothing(row, value)) {
        outcome->nulls |= bit;
        return true;
    }
    if (!field_of(row, value, names, &number))
        return false;
    outcome->fields[row->number] = (struct lg_field){number, number};
    outcome->shown |= bit;
    if (is_mask(row->type))
        outcome->masks |= bit;
    return true;
}

/* False: it shows what its page rules out. */
static bool read_property(const struct lg_property_row *row, const json_t *value,
                          const struct lg_call *call, const struct lg_names *names,
                          struct lg_outcome *outcome)
{
    switch (row->source) {
    case LG_SOURCE_CONSTANT: return is_constant(row, value);
    case LG_SOURCE_SELF: return is_self(row, value, call, names);
    case LG_SOURCE_FIELD: return read_field(row, value, names, outcome);
    default: return true;
    }
}

/* The first that shows what its page rules out is told; more of them count as left out. */
bool lg_properties_from_json(const json_t *json, const struct lg_call *call,
                             const struct lg_names *names, struct lg_outcome *outcome,
                             struct lg_json_error *error)
{
    outcome->answer = LG_ANSWERS_INSTANCE;
    if (!json_is_object(json))
        return lg_json_fail(error, "\"properties\" must be an object");
    for (unsigned i = 0, place = 0; i < lg_property_count; i++) {
        const json_t *value = json_object_get(json, lg_properties[i].name);
        if (lg_properties[i].read != call->method)
            continue;
        bool fits = value && read_property(&lg_properties[i], value, call, names, outcome);
        if (value && !fits && !outcome->deviant)
            outcome->deviant = (uint8_t)(i + 1);
        else if (!fits)
            outcome->lacking |= (uint64_t)1 << place;
        place++;
    }
    return true;
}
