/* A grouped dump says the same as one line for each transition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "explore/dump.h"

enum { STATES = 60 };

struct both {
    struct lg_dump single;
    struct lg_dump grouped;
};

static bool write_both(void *context, const struct lg_exploration *exploration,
                       const struct lg_transition *transition)
{
    struct both *both = context;
    if (transition->from == STATES)
        return false;
    lg_dump_transition(&both->single, exploration, transition);
    lg_dump_transition(&both->grouped, exploration, transition);
    return true;
}

static void explore(struct both *both)
{
    struct lg_exploration exploration;
    struct lg_blobs blobs;
    assert_true(lg_blobs_init(&blobs));
    lg_names_of_scripts(&both->single.names, &blobs);
    both->grouped.names = both->single.names;
    both->grouped.grouped = true;
    both->single.every = both->grouped.every = 1;
    both->single.file = tmpfile();
    both->grouped.file = tmpfile();
    assert_true(both->single.file && both->grouped.file);
    assert_true(lg_dump_start(&both->single) && lg_dump_start(&both->grouped));
    assert_true(lg_exploration_init(&exploration, 'A', LG_PROFILE_documented));
    lg_explore(&exploration, write_both, both, NULL);
    lg_dump_states(&both->grouped, &exploration);
    assert_true(lg_dump_end(&both->single) && lg_dump_end(&both->grouped));
    lg_exploration_free(&exploration);
    lg_blobs_free(&blobs);
}

static json_t *next_line(FILE *file)
{
    return json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL);
}

/* One transition in words that both dumps have. */
static char *key_of(json_int_t from, json_t *call, json_t *outcome, json_int_t next)
{
    json_t *target = json_object_get(call, "call");
    json_t *key =
        json_pack("[I, O, O?, O?, I]", from, target ? target : json_object_get(call, "event"),
                  json_object_get(call, "args"), outcome, next);
    char *text = json_dumps(key, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(key);
    return text;
}

static void add(json_t *set, json_int_t from, json_t *call, json_t *outcome, json_t *next)
{
    json_int_t to = json_is_null(next) ? -1 : json_integer_value(next);
    char *key = key_of(from, call, json_is_null(outcome) ? NULL : outcome, to);
    json_object_set_new(set, key, json_true());
    free(key);
}

static json_t *read_single(FILE *file)
{
    json_t *set = json_object();
    json_t *line;
    rewind(file);
    while ((line = next_line(file))) {
        add(set, json_integer_value(json_object_get(line, "from")), line,
            json_object_get(line, "outcome"), json_object_get(line, "next"));
        json_decref(line);
    }
    return set;
}

static json_t *numbered(json_t *list, json_t *number)
{
    json_t *thing = json_array_get(list, (size_t)json_integer_value(number));
    assert_non_null(thing);
    return thing;
}

struct lists {
    json_t *calls;
    json_t *outcomes;
};

/* A group's triples; they are sorted and each is there once. */
static void add_group(json_t *set, const struct lists *lists, json_t *group)
{
    json_t *call = numbered(lists->calls, json_object_get(group, "call"));
    json_t *may = json_object_get(group, "may");
    json_int_t before = -1;
    assert_true(json_array_size(may) > 0 && json_array_size(may) % 3 == 0);
    for (size_t i = 0; i < json_array_size(may); i += 3) {
        json_t *outcome = numbered(lists->outcomes, json_array_get(may, i));
        assert_true(json_integer_value(json_array_get(may, i)) >= before);
        before = json_integer_value(json_array_get(may, i));
        add(set, json_integer_value(json_object_get(group, "from")), call,
            json_object_get(outcome, "outcome"), json_array_get(may, i + 1));
    }
}

static json_t *read_grouped(FILE *file, unsigned *groups)
{
    struct lists lists = {json_array(), json_array()};
    json_t *set = json_object();
    json_t *line;
    rewind(file);
    *groups = 0;
    while ((line = next_line(file))) {
        if (json_object_get(line, "may")) {
            add_group(set, &lists, line);
            ++*groups;
        } else if (json_object_get(line, "outcome")) {
            json_array_append(lists.outcomes, line);
        } else if (json_object_get(line, "number") && !json_object_get(line, "naming") &&
                   !json_object_get(line, "pattern")) {
            json_array_append(lists.calls, line);
        }
        json_decref(line);
    }
    json_decref(lists.calls);
    json_decref(lists.outcomes);
    return set;
}

static void groups_hold_the_same_transitions(void **state)
{
    struct both both;
    unsigned groups;
    (void)state;
    memset(&both, 0, sizeof both);
    explore(&both);
    json_t *single = read_single(both.single.file);
    json_t *grouped = read_grouped(both.grouped.file, &groups);
    assert_true(json_object_size(single) > groups && groups > STATES);
    assert_true(json_equal(single, grouped));
    json_decref(single);
    json_decref(grouped);
    fclose(both.single.file);
    fclose(both.grouped.file);
}

/* A job that runs shows one of four states, and any percentage. */
static void patterns_hold_more_than_was_looked_at(void **state)
{
    struct both both;
    bool found = false;
    json_t *line;
    (void)state;
    memset(&both, 0, sizeof both);
    explore(&both);
    rewind(both.grouped.file);
    while ((line = next_line(both.grouped.file))) {
        json_t *states = json_object_get(json_object_get(line, "pattern"), "JobState");
        json_t *percent = json_object_get(json_object_get(line, "pattern"), "PercentComplete");
        json_t *running = json_pack("[i, i, i, i]", 2, 3, 4, 6);
        json_t *whole = json_pack("[i, i]", 0, 100);
        found |= states && json_equal(states, running) && json_equal(percent, whole);
        json_decref(running);
        json_decref(whole);
        json_decref(line);
    }
    assert_true(found);
    fclose(both.single.file);
    fclose(both.grouped.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_hold_the_same_transitions),
        cmocka_unit_test(patterns_hold_more_than_was_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
