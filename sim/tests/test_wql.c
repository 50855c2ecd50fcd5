/* WQL: what is refused and where, what a statement tells, which rows it matches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "sim/wsman/wql.h"

#define TEST(name) static void name(void **state __attribute__((unused)))
#define COUNT(rows) (sizeof(rows) / sizeof *(rows))
#define FROM "SELECT * FROM C WHERE "

/* One virtual machine, as far as these queries look. */
static const char row_text[] =
    "{\"Name\": \"3A9B7C11-55D0-4E0D-8F5E-0123456789AB\", \"ElementName\": \"Web_1 [main]\","
    " \"EnabledState\": 2, \"ProcessID\": 0, \"Low\": -5, \"TpmEnabled\": true, \"Shielded\": "
    "false,"
    " \"Size\": \"18446744073709551615\", \"Big\": 9223372036854775807, \"Notes\": null, \"Text\": "
    "\"\","
    " \"InstallDate\": \"20260729141100.026037-000\", \"Path\": \"C:\\\\vm\\\\a\", \"Said\": "
    "\"it's\","
    " \"InstanceID\": \"Microsoft:3A9B\\\\6B3C\", \"Array\": [1, 2], \"Same\": \"web_1 [MAIN]\","
    " \"Town\": \"Z\\u00fcrich\", \"Half\": 0.5, \"Ref\": {\"class\": \"C\"}}";
static json_t *properties;

static const json_t *find(const void *context, const char *name)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)context, key,
                        value) if (!strcasecmp(key, name)) return value;
    return NULL;
}

static struct lg_wql_row row(void)
{
    return (struct lg_wql_row){
        .context = properties, .value = find, .machine = "HV01", .class_name = "Msvm_C"};
}

static struct lg_wql *parse(const char *text, size_t length, struct lg_wql_error *error)
{
    /* A copy of exact size lets the address sanitizer see a read past the end. */
    char *copy = malloc(length + (length == 0));
    assert_non_null(copy);
    if (length > 0)
        memcpy(copy, text, length);
    struct lg_wql *wql = lg_wql_parse(copy, length, error);
    free(copy);
    return wql;
}

static struct lg_wql *parse_fine(const char *text)
{
    struct lg_wql_error error;
    struct lg_wql *wql = parse(text, strlen(text), &error);
    if (!wql)
        fail_msg("%s\nat %zu: %s", text, error.offset, error.reason);
    return wql;
}

/* Expressions of WHERE that hold, or do not hold, for the row above. */
static const struct {
    const char *where;
    bool holds;
} expressions[] = {
    /* strings: without case, in single or double quotes */
    {"Name = '3A9B7C11-55D0-4E0D-8F5E-0123456789AB'", true},
    {"Name = '3a9b7c11-55d0-4e0d-8f5e-0123456789ab'", true},
    {"nAmE = \"3a9b7c11-55d0-4e0d-8f5e-0123456789ab\"", true},
    {"Name = '3a9b7c11'", false},
    {"Name != 'x'", true},
    {"Name <> 'x'", true},
    {"ElementName <> 'WEB_1 [MAIN]'", false},
    {"ElementName < 'X'", true},
    {"ElementName > 'web'", true},
    {"ElementName <= 'web_1 [main]'", true},
    {"ElementName >= 'web_1 [main]'", true},
    {"ElementName < 'web_1 [main]'", false},
    {"ElementName = Same", true},
    {"ElementName != Same", false},
    {"Text = ''", true},
    {"Text < 'a'", true},
    {"'web_1 [main]' = ElementName", true},
    {"'X' > ElementName", true},
    {"'X' < ElementName", false},
    /* escapes */
    {"Path = 'c:\\\\VM\\\\a'", true},
    {"Said = 'it\\'s'", true},
    {"Said = \"it's\"", true},
    {"Said = \"it\\'s\"", true},
    {"Said = \"it\\\"s\"", false},
    {"InstanceID = 'Microsoft:3A9B\\\\6B3C'", true},
    /* numbers */
    {"EnabledState = 2", true},
    {"EnabledState = 3", false},
    {"EnabledState != 3", true},
    {"EnabledState < 3", true},
    {"EnabledState <= 2", true},
    {"EnabledState > 2", false},
    {"EnabledState >= 2", true},
    {"EnabledState > -1", true},
    {"EnabledState = 0x2", true},
    {"EnabledState = 0X02", true},
    {"EnabledState < 10", true},
    {"2 = EnabledState", true},
    {"3 > EnabledState", true},
    {"ProcessID = 0", true},
    {"ProcessID = -0", true},
    {"Low = -5", true},
    {"Low < -4", true},
    {"Low < 0", true},
    {"Low > 5", false},
    {"Big = 9223372036854775807", true},
    {"Big < 9223372036854775808", true},
    {"Big > -9223372036854775808", true},
    {"Big = 0x7FFFFFFFFFFFFFFF", true},
    {"Big < 18446744073709551615", true},
    {"EnabledState > Low", true},
    /* numbers and texts that are numbers */
    {"EnabledState = '2'", true},
    {"EnabledState = '02'", true},
    {"EnabledState < '10'", true},
    {"EnabledState = 'two'", false},
    {"EnabledState != 'two'", false},
    {"EnabledState = ''", false},
    {"Size = 18446744073709551615", true},
    {"Size > 9223372036854775807", true},
    {"Size = '18446744073709551615'", true},
    {"Size > Big", true},
    {"ElementName = 5", false},
    {"ElementName != 5", false},
    /* truth */
    {"TpmEnabled = TRUE", true},
    {"TpmEnabled = 1", true},
    {"TpmEnabled <> FALSE", true},
    {"TpmEnabled = FALSE", false},
    {"TpmEnabled != 0", true},
    {"Shielded = False", true},
    {"Shielded != TRUE", true},
    {"Shielded = 1", false},
    {"TRUE = TpmEnabled", true},
    {"TpmEnabled = Shielded", false},
    {"TpmEnabled = 'TRUE'", false},
    {"TpmEnabled > 0", false},
    {"Shielded < 1", false},
    {"ElementName = TRUE", false},
    /* Null */
    {"Notes IS NULL", true},
    {"Notes is null", true},
    {"Notes IS NOT NULL", false},
    {"Name IS NULL", false},
    {"Name IS NOT NULL", true},
    {"Text IS NULL", false},
    {"Notes = 'x'", false},
    {"Notes != 'x'", false},
    {"Notes = ''", false},
    {"Notes = 0", false},
    {"Notes < 1", false},
    {"Notes = NULL", false},
    {"Name <> NULL", false},
    {"Notes LIKE '%'", false},
    {"Notes = Notes", false},
    {"Array IS NULL", false},
    {"Array IS NOT NULL", true},
    {"Array = 1", false},
    {"Ref = 'C'", false},
    {"Half < 1", false},
    {"Missing IS NULL", true},
    {"Missing = 1", false},
    /* times are texts */
    {"InstallDate = '20260729141100.026037-000'", true},
    {"InstallDate > '20260101000000.000000-000'", true},
    {"InstallDate < '20260101000000.000000-000'", false},
    /* what the row is, and where */
    {"__SERVER = 'hv01'", true},
    {"__server = 'HV02'", false},
    {"Name != __SERVER AND Name = '3a9b7c11-55d0-4e0d-8f5e-0123456789ab'", true},
    {"Name = __SERVER", false},
    {"__CLASS = 'MSVM_c'", true},
    {"__CLASS LIKE 'Msvm[_]%'", true},
    {"__CLASS <> 'Msvm_C'", false},
    {"__CLASS IS NOT NULL", true},
    /* LIKE */
    {"ElementName LIKE 'Web%'", true},
    {"ElementName like 'WEB%'", true},
    {"ElementName LIKE '%main]'", true},
    {"ElementName LIKE '%eb%ma%'", true},
    {"ElementName LIKE 'Web'", false},
    {"ElementName LIKE 'Web_1%'", true},
    {"ElementName LIKE 'Web[_]1%'", true},
    {"ElementName LIKE 'Web__%'", true},
    {"ElementName LIKE '____________'", true},
    {"ElementName LIKE '______'", false},
    {"ElementName LIKE '%[[]main%'", true},
    {"ElementName LIKE '%[[]main[]]'", true},
    {"ElementName LIKE '[u-x]eb%'", true},
    {"ElementName LIKE '[U=X]eb%'", true},
    {"ElementName LIKE '[^u-x]eb%'", false},
    {"ElementName LIKE '[^a-f]eb%'", true},
    {"ElementName LIKE '[vw]eb%'", true},
    {"ElementName LIKE '[ab]eb%'", false},
    {"ElementName LIKE 'Web_[0-9]%'", true},
    {"ElementName LIKE 'Web_[2-9]%'", false},
    {"ElementName LIKE 'Web_[5-]%'", false},
    {"ElementName LIKE 'Web_[-1]%'", true},
    {"ElementName LIKE ''", false},
    {"Text LIKE ''", true},
    {"Text LIKE '%'", true},
    {"Text LIKE '_'", false},
    {"Path LIKE 'C:\\\\%'", true},
    {"Path LIKE '%\\\\b'", false},
    {"InstanceID LIKE 'microsoft:3a9b%'", true},
    {"Said LIKE '%[%'", false},
    {"Said LIKE 'it[^a-z]s'", true},
    {"Town LIKE 'z_rich'", true},
    {"Town LIKE 'z[\u00fc]rich'", true},
    {"Town LIKE 'z[\u00e0-\u00ff]rich'", true},
    {"Town LIKE 'z__rich'", false},
    {"Text LIKE '\xC3(%'", false},
    {"EnabledState LIKE '2'", false},
    {"TpmEnabled LIKE '%'", false},
    /* AND, OR, NOT, parentheses */
    {"EnabledState = 2 AND ProcessID = 0", true},
    {"EnabledState = 2 and ProcessID = 1", false},
    {"EnabledState = 3 OR ProcessID = 0", true},
    {"EnabledState = 3 Or ProcessID = 1", false},
    {"EnabledState = 2 OR Low = 0 AND Low = 1", true},
    {"(EnabledState = 2 OR Low = 0) AND Low = 1", false},
    {"Low = 0 AND Low = 1 OR EnabledState = 2", true},
    {"Low = 0 AND (Low = 1 OR EnabledState = 2)", false},
    {"NOT EnabledState = 3", true},
    {"NOT EnabledState = 2", false},
    {"NOT NOT EnabledState = 2", true},
    {"NOT (EnabledState = 2)", false},
    {"NOT EnabledState = 3 AND ProcessID = 0", true},
    {"NOT (EnabledState = 3 AND ProcessID = 0)", true},
    {"NOT (EnabledState = 3 OR ProcessID = 0)", false},
    {"NOT EnabledState = 2 OR ProcessID = 0", true},
    {"NOT ElementName LIKE 'db%'", true},
    {"Low = 1 OR NOT ProcessID = 1", true},
    {"((((EnabledState = 2))))", true},
    {"(EnabledState=2)AND(ProcessID=0)", true},
    {"Low = -5 AND EnabledState = 2 AND ProcessID = 1", false},
    {"NOT Notes IS NULL", false},
    {"EnabledState\t=\r\n2", true},
};

TEST(rows_match)
{
    for (size_t i = 0; i < COUNT(expressions); i++) {
        char query[400];
        snprintf(query, sizeof query, FROM "%s", expressions[i].where);
        struct lg_wql *wql = parse_fine(query);
        const struct lg_wql_row one = row();
        if (lg_wql_matches(wql, &one) != expressions[i].holds)
            fail_msg("%s is %s", expressions[i].where, expressions[i].holds ? "false" : "true");
        lg_wql_free(wql);
    }
}

/* Where an error lies: at the end, or at the first place of this text. */
#define AT_END NULL
static const struct {
    const char *query;
    const char *where;
    const char *reason;
} refusals[] = {
    {"", AT_END, "SELECT, ASSOCIATORS OF"},
    {" \t\r\n", AT_END, "SELECT, ASSOCIATORS OF"},
    {"DELETE FROM C", "DELETE", "SELECT, ASSOCIATORS OF"},
    {"'SELECT'", "'SELECT", "SELECT, ASSOCIATORS OF"},
    {"SELECT", AT_END, "a column or *"},
    {"SELECT FROM C", "FROM", "a column or *"},
    {"SELECT Name, FROM C", "FROM", "a column or *"},
    {"SELECT , FROM C", ",", "a column or *"},
    {"SELECT Name ElementName FROM C", "ElementName", "FROM is due"},
    {"SELECT *, Name FROM C", ",", "FROM is due"},
    {"SELECT 'Name' FROM C", "'Name", "a column or *"},
    {"SELECT COUNT(*) FROM C", "(", "FROM is due"},
    {"SELECT C.Name FROM C", ".", "this character"},
    {"SELECT *", AT_END, "FROM is due"},
    {"SELECT * FROM", AT_END, "the name of a class"},
    {"SELECT * FROM 'C'", "'C", "the name of a class"},
    {"SELECT * FROM *", "*", "the name of a class"},
    {"SELECT * FROM C D", "D", "WHERE or the end"},
    {"SELECT * FROM C, D", ",", "WHERE or the end"},
    {"SELECT * FROM C;", ";", "this character"},
    {"SELECT * FROM C WITHIN 5", "WITHIN", "queries of events"},
    {"SELECT * FROM C GROUP WITHIN 5", "GROUP", "queries of events"},
    {FROM, AT_END, "a property or a value"},
    {FROM "Name", AT_END, "a comparison is due"},
    {FROM "Name =", AT_END, "a property or a value"},
    {FROM "= 'x'", "=", "a property or a value"},
    {FROM "Name = = 'x'", "= 'x'", "a property or a value"},
    {FROM "Name == 'x'", "= 'x'", "a property or a value"},
    {FROM "Name => 'x'", "> 'x'", "a property or a value"},
    {FROM "Name =! 'x'", "! 'x'", "this character"},
    {FROM "Name 'x'", "'x'", "a comparison is due"},
    {FROM "Name = 'x", "'x", "the string has no end"},
    {FROM "Name = \"x'", "\"x'", "the string has no end"},
    {FROM "Name = 'x\\'", "'x", "the string has no end"},
    {FROM "Name = 'x\\", "\\", "a backslash must"},
    {FROM "Name = 'C:\\temp'", "\\", "a backslash must"},
    {FROM "Name = 'it''s'", "'s'", "AND, OR or the end"},
    {FROM "Name = 'x' Low = 1", "Low", "AND, OR or the end"},
    {FROM "Name = 'x' AND", AT_END, "a property or a value"},
    {FROM "Name = 'x' OR OR Low = 1", "OR Low", "a property or a value"},
    {FROM "AND Name = 'x'", "AND", "a property or a value"},
    {FROM "Name = 'x' && Low = 1", "&& Low", "this character"},
    {FROM "NOT", AT_END, "a property or a value"},
    {FROM "Name NOT LIKE 'x'", "NOT", "NOT stands before"},
    {FROM "Name NOT = 'x'", "NOT", "NOT stands before"},
    {FROM "(Name = 'x'", "(", "the parenthesis is not closed"},
    {FROM "((Name = 'x')", "((", "the parenthesis is not closed"},
    {FROM "Name = 'x')", ")", "no parenthesis is open"},
    {FROM "()", ")", "a property or a value"},
    {FROM "(Name) = 'x'", ")", "a comparison is due"},
    {FROM "Low < (4 + 7)", "(", "a property or a value"},
    {FROM "Low = 4 + 7", "+", "this character"},
    {FROM "Low = +4", "+", "this character"},
    {FROM "Low = 4x", "4x", "this is no number"},
    {FROM "Low = 0x", "0x", "this is no number"},
    {FROM "Low = 1.5", "1.5", "only whole numbers"},
    {FROM "Low = 18446744073709551616", "184", "this is no number"},
    {FROM "Low = -9223372036854775809", "-9", "this is no number"},
    {FROM "Low = 0x10000000000000000", "0x1", "this is no number"},
    {FROM "1 = 1", "1", "one side of a comparison"},
    {FROM "'a' = 'a'", "'a'", "one side of a comparison"},
    {FROM "TRUE = TRUE", "TRUE", "one side of a comparison"},
    {FROM "TpmEnabled > FALSE", ">", "TRUE, FALSE and NULL"},
    {FROM "Name < NULL", "<", "TRUE, FALSE and NULL"},
    {FROM "EnabledState IS 5", "5", "IS takes NULL only"},
    {FROM "Name IS NOT 'x'", "'x", "IS takes NULL only"},
    {FROM "Name IS", AT_END, "IS takes NULL only"},
    {FROM "5 IS NULL", "NULL", "only a property"},
    {FROM "Name LIKE", AT_END, "a property or a value"},
    {FROM "Name LIKE 5", "5", "LIKE takes"},
    {FROM "Name LIKE Same", "Same", "LIKE takes"},
    {FROM "'x' LIKE Name", "Name", "LIKE takes"},
    {FROM "__this ISA 'C'", "ISA", "ISA is for"},
    {FROM "Name ISA 'C'", "ISA", "ISA is for"},
    {FROM "a.b = 1", ".", "this character"},
    {FROM "Name = 'x' GROUP", "GROUP", "AND, OR or the end"},
    {FROM "Name = {x}", "{", "a property or a value"},
    {FROM "N\u00e4me = 1", "\u00e4", "this character"},
    {"ASSOCIATORS", AT_END, "OF is due"},
    {"ASSOCIATORS {C.A=1}", "{", "OF is due"},
    {"ASSOCIATORS OF", AT_END, "{ is due"},
    {"ASSOCIATORS OF C.A=1", "C.", "{ is due"},
    {"ASSOCIATORS OF {", "{", "the brace is not closed"},
    {"ASSOCIATORS OF {C.A='}'", "{", "the brace is not closed"},
    {"ASSOCIATORS OF {C.A='\\", "{", "the brace is not closed"},
    {"ASSOCIATORS OF { }", "}", "the object path is empty"},
    {"ASSOCIATORS OF {C.A=1} AssocClass=D", "Assoc", "WHERE or the end"},
    {"ASSOCIATORS OF {C.A=1} WHERE", AT_END, "a filter is due"},
    {"ASSOCIATORS OF {C.A=1} WHERE AssocClass", AT_END, "= is due"},
    {"ASSOCIATORS OF {C.A=1} WHERE AssocClass > D", ">", "= is due"},
    {"ASSOCIATORS OF {C.A=1} WHERE AssocClass =", AT_END, "a name is due"},
    {"ASSOCIATORS OF {C.A=1} WHERE AssocClass = 'D'", "'D", "a name is due"},
    {"ASSOCIATORS OF {C.A=1} WHERE Role=A AND ResultRole=B", "AND", "a filter is due"},
    {"ASSOCIATORS OF {C.A=1} WHERE Role=A Role=B", "=B", "this filter was given"},
    {"ASSOCIATORS OF {C.A=1} WHERE RequiredQualifier=A", "Req", "this filter is not"},
    {"ASSOCIATORS OF {C.A=1} WHERE Name = 'x'", "Name", "a filter is due"},
    {"REFERENCES OF {C.A=1} WHERE AssocClass=D", "Assoc", "REFERENCES OF has no"},
    {"REFERENCES OF {C.A=1} WHERE ResultRole=D", "ResultRole", "REFERENCES OF has no"},
};

static size_t offset_due(const char *query, const char *where)
{
    if (where == AT_END)
        return strlen(query);
    /* The last place: what comes before may look the same. */
    const char *found = NULL;
    for (const char *at = strstr(query, where); at; at = strstr(at + 1, where))
        found = at;
    assert_non_null(found);
    return (size_t)(found - query);
}

TEST(errors_tell_where)
{
    for (size_t i = 0; i < COUNT(refusals); i++) {
        const char *query = refusals[i].query;
        struct lg_wql_error error = {.offset = SIZE_MAX};
        struct lg_wql *wql = parse(query, strlen(query), &error);
        if (wql)
            fail_msg("%s is taken", query);
        if (strncmp(error.reason, refusals[i].reason, strlen(refusals[i].reason)) != 0)
            fail_msg("%s: %s", query, error.reason);
        if (error.offset != offset_due(query, refusals[i].where))
            fail_msg("%s: at %zu", query, error.offset);
    }
}

TEST(zero_bytes_are_refused)
{
    static const char in_string[] = FROM "a = 'x\0y'";
    static const char in_query[] = "SELECT * FROM C\0";
    static const char in_path[] = "REFERENCES OF {C.A=\0}";
    struct lg_wql_error error;
    assert_null(parse(in_string, sizeof in_string - 1, &error));
    assert_int_equal(error.offset, strlen(in_string));
    assert_null(parse(in_query, sizeof in_query - 1, &error));
    assert_int_equal(error.offset, strlen(in_query));
    assert_null(parse(in_path, sizeof in_path - 1, &error));
    assert_null(parse(NULL, 0, &error));
}

static const char *or_none(const char *text)
{
    return text ? text : "";
}

TEST(select_tells_its_parts)
{
    const char *const *columns;
    struct lg_wql *wql = parse_fine("select Name,elementname , Low from Msvm_ComputerSystem");
    assert_int_equal(lg_wql_kind(wql), LG_WQL_SELECT);
    assert_string_equal(lg_wql_class(wql), "Msvm_ComputerSystem");
    assert_int_equal(lg_wql_columns(wql, &columns), 3);
    assert_string_equal(columns[0], "Name");
    assert_string_equal(columns[1], "elementname");
    assert_string_equal(columns[2], "Low");
    assert_null(lg_wql_object(wql));
    assert_null(lg_wql_role(wql));
    const struct lg_wql_row one = row();
    assert_true(lg_wql_matches(wql, &one));
    lg_wql_free(wql);
    wql = parse_fine("  SELECT*FROM C  ");
    assert_int_equal(lg_wql_columns(wql, &columns), 0);
    lg_wql_free(wql);
    lg_wql_free(NULL);
}

static const struct {
    const char *query;
    enum lg_wql_kind kind;
    const char *object, *assoc_class, *result_class, *role, *result_role;
    bool class_defs_only;
} associations[] = {
    {"ASSOCIATORS OF {C.A='1'}", LG_WQL_ASSOCIATORS, "C.A='1'", "", "", "", "", false},
    {"associators  of\n{ C.A='1',B=\"}\" } where assocclass = X resultclass=Y", LG_WQL_ASSOCIATORS,
     "C.A='1',B=\"}\"", "X", "Y", "", "", false},
    {"ASSOCIATORS OF {C.A='\\'}'} WHERE Role=R ResultRole = S ResultClass = Y AssocClass=X",
     LG_WQL_ASSOCIATORS, "C.A='\\'}'", "X", "Y", "R", "S", false},
    {"ASSOCIATORS OF {\\\\.\\root\\virtualization\\v2:C.A=1} WHERE ClassDefsOnly",
     LG_WQL_ASSOCIATORS, "\\\\.\\root\\virtualization\\v2:C.A=1", "", "", "", "", true},
    {"ASSOCIATORS OF {C} WHERE AssocClass=X ClassDefsOnly Role=R KeysOnly", LG_WQL_ASSOCIATORS, "C",
     "X", "", "R", "", true},
    {"REFERENCES OF {C.A=1}", LG_WQL_REFERENCES, "C.A=1", "", "", "", "", false},
    {"references of{C.A=1}where resultclass = Y ROLE = R", LG_WQL_REFERENCES, "C.A=1", "", "Y", "R",
     "", false},
    {"REFERENCES OF {C.A=1} WHERE ResultClass = Y ClassDefsOnly", LG_WQL_REFERENCES, "C.A=1", "",
     "Y", "", "", true},
};

TEST(associations_tell_their_parts)
{
    for (size_t i = 0; i < COUNT(associations); i++) {
        const char *const *columns;
        struct lg_wql *wql = parse_fine(associations[i].query);
        assert_int_equal(lg_wql_kind(wql), associations[i].kind);
        assert_null(lg_wql_class(wql));
        assert_int_equal(lg_wql_columns(wql, &columns), 0);
        assert_string_equal(lg_wql_object(wql), associations[i].object);
        assert_string_equal(or_none(lg_wql_assoc_class(wql)), associations[i].assoc_class);
        assert_string_equal(or_none(lg_wql_result_class(wql)), associations[i].result_class);
        assert_string_equal(or_none(lg_wql_role(wql)), associations[i].role);
        assert_string_equal(or_none(lg_wql_result_role(wql)), associations[i].result_role);
        assert_int_equal(lg_wql_class_defs_only(wql), associations[i].class_defs_only);
        lg_wql_free(wql);
    }
}

static const struct {
    const char *query;
    const char *unknown; /* "" for none */
} named[] = {
    {"SELECT * FROM C", ""},
    {"SELECT name, __CLASS, __server FROM C WHERE LOW = 1 AND NOT Notes IS NULL", ""},
    {"SELECT Name, Colour FROM C", "Colour"},
    {"SELECT Colour FROM C WHERE Shape = 1", "Colour"},
    {FROM "Low = 1 OR Shape = 1", "Shape"},
    {FROM "Low = Shape", "Shape"},
    {FROM "Shape IS NULL", "Shape"},
    {FROM "1 = Shape", "Shape"},
    {FROM "NOT Shape LIKE '%'", "Shape"},
    {FROM "__PATH = 'x'", "__PATH"},
    {"REFERENCES OF {C.A=1} WHERE Role = Shape", ""},
};

TEST(unknown_properties_are_named)
{
    const struct lg_wql_row one = row();
    for (size_t i = 0; i < COUNT(named); i++) {
        struct lg_wql *wql = parse_fine(named[i].query);
        assert_string_equal(or_none(lg_wql_unknown(wql, &one)), named[i].unknown);
        lg_wql_free(wql);
    }
}

TEST(a_row_without_names_is_null)
{
    struct lg_wql_row one = row();
    one.machine = one.class_name = NULL;
    struct lg_wql *wql = parse_fine(FROM "__SERVER IS NULL AND NOT __CLASS = 'C'");
    assert_true(lg_wql_matches(wql, &one));
    lg_wql_free(wql);
}

/* start, then `times` the part, then the end. NULL: it is taken, and holds as told. */
static const char *reason_of(const char *start, const char *part, unsigned times, const char *end,
                             bool holds)
{
    static struct lg_wql_error error;
    static char text[2 * LG_WQL_BYTES_MAX];
    const struct lg_wql_row one = row();
    char *at = text + sprintf(text, "%s", start);
    for (unsigned i = 0; i < times; i++)
        at += sprintf(at, "%s", part);
    at += sprintf(at, "%s", end);
    struct lg_wql *wql = parse(text, (size_t)(at - text), &error);
    if (wql)
        assert_int_equal(lg_wql_matches(wql, &one), holds);
    bool taken = wql != NULL;
    lg_wql_free(wql);
    return taken ? NULL : error.reason;
}

TEST(sizes_are_bounded)
{
    const char *terms = "too many comparisons and operators";
    assert_null(reason_of("SELECT a", ",a", LG_WQL_COLUMNS_MAX - 1, " FROM C", true));
    assert_string_equal(reason_of("SELECT a", ",a", LG_WQL_COLUMNS_MAX, " FROM C", true),
                        "too many columns");
    assert_null(reason_of(FROM, "Low=-5 AND ", LG_WQL_TERMS_MAX / 2 - 1, "Low=-5", true));
    assert_string_equal(reason_of(FROM, "Low=-5 AND ", LG_WQL_TERMS_MAX / 2, "Low=-5", true),
                        terms);
    assert_null(reason_of(FROM, "NOT ", LG_WQL_TERMS_MAX - 1, "Low=-5", false));
    assert_string_equal(reason_of(FROM, "NOT ", LG_WQL_TERMS_MAX, "Low=-5", true), terms);
    assert_string_equal(reason_of(FROM, "NOT ", LG_WQL_TERMS_MAX + 1, "Low=-5", true), terms);
    assert_string_equal(reason_of(FROM, "(", LG_WQL_DEPTH_MAX + 1, "Low=-5", true),
                        "too many parentheses inside each other");
    assert_string_equal(reason_of(FROM, "(", LG_WQL_DEPTH_MAX, "Low=-5", true),
                        "the parenthesis is not closed");
    assert_string_equal(reason_of(FROM "Text = '", "x", LG_WQL_BYTES_MAX, "'", true),
                        "the query is too long");
    assert_null(reason_of(FROM "Text = '", "x", LG_WQL_BYTES_MAX - 40, "'", false));
}

TEST(all_depths_can_be_used_again)
{
    assert_null(reason_of(FROM "((((((((Low=-5)))))))) AND ", "((((((((Low=-5)))))))) AND ", 40,
                          "(Low = -5)", true));
}

TEST(like_takes_no_long_time)
{
    /* Without a bound on going back this would take years. */
    assert_null(reason_of(FROM "Name LIKE '", "%_%3", 3000, "'", false));
    assert_null(reason_of(FROM "ElementName LIKE '%", "[", 12000, "'", false));
}

static int read_row(void **state __attribute__((unused)))
{
    properties = json_loads(row_text, 0, NULL);
    return properties ? 0 : -1;
}

static int free_row(void **state __attribute__((unused)))
{
    json_decref(properties);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_match),
        cmocka_unit_test(errors_tell_where),
        cmocka_unit_test(zero_bytes_are_refused),
        cmocka_unit_test(select_tells_its_parts),
        cmocka_unit_test(associations_tell_their_parts),
        cmocka_unit_test(unknown_properties_are_named),
        cmocka_unit_test(a_row_without_names_is_null),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(all_depths_can_be_used_again),
        cmocka_unit_test(like_takes_no_long_time),
    };
    return cmocka_run_group_tests(tests, read_row, free_row);
}
