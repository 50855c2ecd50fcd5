/* The parameters of an Invoke, by the tables of invoke.def. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cim_xml.h"
#include "invoke.h"

enum in_kind { IN_TEXT, IN_BYTES, IN_NUMBER, IN_FLAG, IN_TIME, IN_REFERENCE, IN_TEXTS };
enum in_use { USE_ARGUMENT, USE_CONTENT, USE_TARGET, USE_NOTHING };
struct in_row {
    enum lg_method method;
    const char *name;
    enum in_kind kind;
    enum in_use use;
};
static const struct in_row in_rows[] = {
#define LG_IN(method, name, kind, use) {LG_CALL_##method, name, IN_##kind, USE_##use},
#include "invoke.def"
#undef LG_IN
};
enum { IN_ROWS = sizeof in_rows / sizeof in_rows[0], BYTE_DIGITS = 3 };

static struct lg_wsman_problem wrong(const struct in_row *row)
{
    return lg_wsman_problem_of(LG_WSMAN_FAULT_SCHEMA_VALIDATION, row->name);
}

static bool is_nil(const struct lg_xml_node *node)
{
    const char *nil = node->attributes ? lg_xml_attribute(node, LG_NS_XSI, "nil") : NULL;
    return nil && (strcmp(nil, "true") == 0 || strcmp(nil, "1") == 0);
}

static struct lg_wsman_problem add_argument(struct lg_invocation *invocation,
                                            const struct in_row *row, json_t *value)
{
    if (row->use == USE_NOTHING)
        json_decref(value);
    else if (!value || json_object_set_new(invocation->args, row->name, value) != 0)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INTERNAL, NULL);
    return LG_NO_PROBLEM;
}

/* ---- bytes: one element of base64, or one element a byte ---- */

static bool make_room(struct lg_invocation *invocation, const struct lg_xml_node *node)
{
    size_t room = lg_base64_room(node->text_length);
    size_t items = 0;
    for (const struct lg_xml_node *at = node; at; at = at->next)
        items++;
    invocation->room = items > room ? items : room;
    invocation->bytes = malloc(invocation->room);
    return invocation->bytes != NULL;
}

/* The text without white space, which base64 may hold anywhere. */
static char *without_space(const char *text, size_t *length)
{
    char *dense = malloc(*length + 1);
    size_t kept = 0;
    for (size_t i = 0; dense && i < *length; i++)
        if (!strchr(" \t\r\n", text[i]))
            dense[kept++] = text[i];
    *length = kept;
    return dense;
}

static bool read_base64(struct lg_invocation *invocation, const char *text)
{
    size_t length = strlen(text);
    if (lg_base64_read(text, length, invocation->bytes, &invocation->length))
        return true;
    char *dense = without_space(text, &length);
    bool read = dense && lg_base64_read(dense, length, invocation->bytes, &invocation->length);
    free(dense);
    return read;
}

static bool add_byte(struct lg_invocation *invocation, const char *text)
{
    unsigned value = 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (unsigned)(*text - '0');
    }
    if (value > UINT8_MAX || invocation->length == invocation->room)
        return false;
    invocation->bytes[invocation->length++] = (uint8_t)value;
    return true;
}

static bool is_byte(const char *token)
{
    return token[0] && (!token[1] || !token[2] || !token[3]);
}

/* A decimal byte has one to three digits, which base64 never has: no form is mistaken for the
 * other. */
static struct lg_wsman_problem read_bytes(struct lg_invocation *invocation,
                                          const struct in_row *row, const struct lg_xml_node *node)
{
    bool item = is_byte(node->token);
    if (invocation->given != LG_GIVEN_NOTHING && (invocation->given != LG_GIVEN_ITEMS || !item))
        return wrong(row);
    if (is_nil(node)) {
        invocation->given = LG_GIVEN_NULL;
        return *node->token ? wrong(row) : LG_NO_PROBLEM;
    }
    if (!invocation->bytes && !make_room(invocation, node))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INTERNAL, NULL);
    invocation->given = item ? LG_GIVEN_ITEMS : LG_GIVEN_WHOLE;
    bool read = item ? add_byte(invocation, node->token) : read_base64(invocation, node->token);
    return read ? LG_NO_PROBLEM : wrong(row);
}

/* ---- times ---- */

/* Digits and a unit, or "T"; where it went on, NULL if it is neither. *unit: index in DTHMS, each
 * of which follows the last. */
static const char *read_part(const char *text, size_t *unit, uint64_t *ms)
{
    static const char units[] = "DTHMS";
    static const uint64_t factors[] = {86400000, 0, 3600000, 60000, 1000};
    size_t digits = strspn(text, "0123456789");
    const char *at = text + digits;
    uint64_t fraction = 0;
    if (digits > 8)
        return NULL;
    if (digits > 0 && *at == '.') {
        uint64_t weight = 100;
        for (at++; *at >= '0' && *at <= '9'; at++, weight /= 10)
            fraction += weight * (uint64_t)(*at - '0');
        if (*at != 'S')
            return NULL;
    }
    const char *found = *at ? strchr(units + *unit, *at) : NULL;
    bool time = found && found >= units + 2;
    if (!found || (digits == 0) != (*found == 'T') || (time && *unit < 2))
        return NULL;
    *unit = (size_t)(found - units) + 1;
    *ms += strtoull(text, NULL, 10) * factors[found - units] + fraction;
    return at + 1;
}

/* xs:duration in days and less. */
static bool read_duration(const char *text, uint64_t *ms)
{
    const char *at = text + 1;
    size_t unit = 0;
    *ms = 0;
    if (text[0] != 'P' || !*at)
        return false;
    while (at && *at)
        at = read_part(at, &unit, ms);
    return at && at[-1] != 'T';
}

/* What holds the text of a time; NULL if the parameter holds something else. */
static const struct lg_xml_node *time_within(const struct lg_xml_node *node)
{
    const struct lg_xml_node *inner = node->first;
    if (!inner)
        return node;
    bool known = lg_xml_is(inner, LG_NS_CIM, "Interval") || lg_xml_is(inner, LG_NS_CIM, "Datetime");
    return known && !inner->next && !inner->first ? inner : NULL;
}

/* An interval as the model reads it; a time that is none goes on as it is. */
static struct lg_wsman_problem read_time(struct lg_invocation *invocation, const struct in_row *row,
                                         const struct lg_xml_node *node)
{
    const struct lg_xml_node *inner = time_within(node);
    char interval[32];
    uint64_t ms;
    if (!inner)
        return wrong(row);
    const char *text = inner->token;
    if (is_nil(node) || !*text)
        return LG_NO_PROBLEM;
    if (*text == '-' || (*text >= '0' && *text <= '9'))
        return add_argument(invocation, row, json_string(text));
    if (!read_duration(text, &ms))
        return wrong(row);
    lg_interval_write(ms, interval);
    return add_argument(invocation, row, json_string(interval));
}

/* ---- references ---- */

static struct lg_wsman_problem read_reference(struct lg_invocation *invocation,
                                              const struct in_row *row,
                                              const struct lg_xml_node *node)
{
    struct lg_resource resource;
    if (is_nil(node) && !node->first)
        return LG_NO_PROBLEM;
    if (lg_xml_child(node, LG_NS_ADDRESSING, "EndpointReference") ||
        !lg_reference_read(node, &resource))
        return wrong(row);
    if (row->use != USE_TARGET)
        return LG_NO_PROBLEM;
    const struct lg_selector *name = lg_resource_selector(&resource, "Name");
    if (!name || !lg_cim_name_is_equal(resource.class_name, "Msvm_ComputerSystem"))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_NOT_FOUND, row->name);
    struct lg_wsman_problem problem = lg_invocation_aim(invocation, name->value);
    return problem.fault ? lg_wsman_problem_of(problem.fault, row->name) : problem;
}

/* ---- texts, numbers, flags ---- */

static struct lg_wsman_problem read_number(struct lg_invocation *invocation,
                                           const struct in_row *row, const char *text)
{
    enum { DIGITS_MAX = 10 };
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > DIGITS_MAX || text[digits])
        return wrong(row);
    unsigned long long value = strtoull(text, NULL, 10);
    return value > UINT16_MAX ? wrong(row)
                              : add_argument(invocation, row, json_integer((json_int_t)value));
}

static struct lg_wsman_problem read_flag(struct lg_invocation *invocation, const struct in_row *row,
                                         const char *text)
{
    bool on = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
    if (!on && strcmp(text, "false") != 0 && strcmp(text, "0") != 0)
        return wrong(row);
    return add_argument(invocation, row, json_boolean(on));
}

static struct lg_wsman_problem read_text(struct lg_invocation *invocation, const struct in_row *row,
                                         const struct lg_xml_node *node)
{
    if (row->use == USE_NOTHING)
        return LG_NO_PROBLEM;
    if (invocation->method == LG_CALL_DEFINE_SYSTEM)
        invocation->defined_from = node;
    return add_argument(invocation, row, json_stringn_nocheck(node->text, node->text_length));
}

/* ---- the body ---- */

static const struct in_row *find_row(enum lg_method method, const char *name)
{
    for (unsigned i = 0; i < IN_ROWS; i++)
        if (in_rows[i].method == method && lg_cim_name_is_equal(in_rows[i].name, name))
            return &in_rows[i];
    return NULL;
}

/* seen: the rows that had a parameter, by bit. */
static struct lg_wsman_problem read_parameter(struct lg_invocation *invocation,
                                              const struct in_row *row, uint32_t *seen,
                                              const struct lg_xml_node *node)
{
    uint32_t bit = 1u << (row - in_rows);
    bool repeats = row->kind == IN_BYTES || row->kind == IN_TEXTS;
    bool nests = row->kind == IN_TIME || row->kind == IN_REFERENCE;
    if ((!repeats && (*seen & bit)) || (!nests && node->first))
        return wrong(row);
    *seen |= bit;
    switch (row->kind) {
    case IN_BYTES: return read_bytes(invocation, row, node);
    case IN_TIME: return read_time(invocation, row, node);
    case IN_REFERENCE: return read_reference(invocation, row, node);
    default: break;
    }
    if (is_nil(node))
        return LG_NO_PROBLEM;
    switch (row->kind) {
    case IN_NUMBER: return read_number(invocation, row, node->token);
    case IN_FLAG: return read_flag(invocation, row, node->token);
    default: return read_text(invocation, row, node);
    }
}

/* Whether a namespace is that of the class: as a resource URI, of either family. */
static bool is_space_of_class(const char *space, const char *class_name)
{
    static const char *const prefixes[] = {LG_WMI_PREFIX, LG_DMTF_PREFIX};
    const char *slash = strrchr(space, '/');
    for (unsigned i = 0; slash && i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t same = 0;
        while (prefixes[i][same] && lg_cim_lower(space[same]) == prefixes[i][same])
            same++;
        if (!prefixes[i][same])
            return lg_cim_name_is_equal(slash + 1, class_name);
    }
    return false;
}

static bool is_input(const struct lg_invocation *invocation, const struct lg_xml_node *body)
{
    char name[LG_NAME_BYTES];
    snprintf(name, sizeof name, "%s_INPUT", lg_methods[invocation->method].name);
    return lg_cim_name_is_equal(body->name, name) &&
           is_space_of_class(body->space, invocation->class_name);
}

struct lg_wsman_problem lg_invocation_read(struct lg_invocation *invocation)
{
    const struct lg_xml_node *body = invocation->exchange->request->body;
    struct lg_wsman_problem problem = LG_NO_PROBLEM;
    const struct in_row *row = NULL;
    uint32_t seen = 0;
    if (!body)
        return LG_NO_PROBLEM;
    if (!is_input(invocation, body) || body->next)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_SCHEMA_VALIDATION, body->name);
    for (const struct lg_xml_node *node = body->first; node && !problem.fault; node = node->next) {
        if (!row || strcmp(row->name, node->name) != 0)
            row = find_row(invocation->method, node->name);
        if (!row || strcmp(node->space, body->space) != 0)
            return lg_wsman_problem_of(LG_WSMAN_FAULT_SCHEMA_VALIDATION, node->name);
        problem = read_parameter(invocation, row, &seen, node);
    }
    return problem;
}
