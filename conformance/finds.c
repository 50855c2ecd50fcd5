/* Finds. */
#include "finds.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "edges.h"

/* ---- shrinking ---- */

struct search {
    struct lg_side *sides[2];
    struct lg_readings before[2];
    struct lg_difference wanted;
    const struct lg_known_keys *known;
    bool shown; /* once: what is wanted is known */
};

static uint64_t calls_of(void *context)
{
    const struct search *search = context;
    return search->sides[0]->calls + (search->sides[1] ? search->sides[1]->calls : 0);
}

/* Who alone is guilty need not be compared: half of the calls are saved. */
static bool is_needed(const struct search *search, unsigned side)
{
    unsigned guilty = search->wanted.guilty;
    return search->sides[side] && (!search->sides[1] || guilty == 0 || guilty >> side & 1);
}

static struct lg_difference compare(const struct search *search, const struct lg_script *script)
{
    bool alike;
    unsigned guilty = search->wanted.guilty;
    if (!search->sides[1] || guilty == LG_GUILTY_A)
        return lg_offence_difference(search->sides[0], LG_GUILTY_A);
    if (guilty == LG_GUILTY_B)
        return lg_offence_difference(search->sides[1], LG_GUILTY_B);
    return lg_differ(script, search->sides[0], search->sides[1], &alike);
}

static bool is_known(const struct search *search, const char *key)
{
    for (unsigned i = 0; i < search->known->count; i++)
        if (strcmp(search->known->keys[i], key) == 0)
            return true;
    return false;
}

static enum lg_try try_script(void *context, const struct lg_script *script)
{
    struct search *search = context;
    struct lg_json_error reason;
    for (unsigned i = 0; i < 2; i++)
        if (is_needed(search, i) &&
            !lg_side_repeat(search->sides[i], script, &search->before[i], &reason))
            return LG_TRY_GONE;
    struct lg_difference found = compare(search, script);
    if (!search->shown && found.kind > search->wanted.kind)
        search->wanted = found; /* without the end of the script it is plainer */
    bool same = found.kind == search->wanted.kind && found.guilty == search->wanted.guilty &&
                (strcmp(found.key, search->wanted.key) == 0 ||
                 (found.kind == LG_DIFFERENCE_FORBIDDEN && !is_known(search, found.key)));
    search->shown |= same;
    return same ? LG_TRY_SAME : LG_TRY_OTHER;
}

/* What only looked, was refused, or was left out, on every side that was run. */
static bool is_idle(void *context, const struct lg_script *script, unsigned at)
{
    const struct search *search = context;
    const struct lg_call *call = &script->steps[at].call;
    bool looks = lg_methods[call->method].kind == LG_KIND_READ ||
                 lg_methods[call->method].kind == LG_KIND_LIST ||
                 call->method == LG_CALL_GET_KEY_PROTECTOR;
    for (unsigned i = 0; i < 2; i++) {
        const struct lg_side *side = search->sides[i];
        if (!is_needed(search, i))
            continue;
        const struct lg_side_step *step = &side->steps[at];
        bool refused = step->seen.fault ||
                       (step->has_result && !step->pending && step->result != LG_MEANING_COMPLETED);
        bool shows = side->offence.kind != LG_VERDICT_CONFORMS && side->offence.step == at;
        if (shows || !(looks || refused || step->state == LG_STEP_LEFT_OUT))
            return false;
    }
    return search->wanted.step != at;
}

static void stop_at(struct search *search, uint8_t kind)
{
    for (unsigned i = 0; i < 2; i++)
        if (search->sides[i])
            search->sides[i]->stop_at = kind;
}

/* What a side showed, while other runs take its place. */
struct kept {
    struct lg_side_step *steps;
    struct lg_offence offence;
};

static bool keep(struct kept *kept, const struct lg_side *side)
{
    size_t bytes = LG_SCRIPT_STEPS * sizeof *kept->steps;
    kept->steps = side ? malloc(bytes) : NULL;
    if (!kept->steps)
        return !side;
    memcpy(kept->steps, side->steps, bytes);
    kept->offence = side->offence;
    return true;
}

static void show_again(struct kept *kept, struct lg_side *side)
{
    if (!kept->steps)
        return;
    memcpy(side->steps, kept->steps, LG_SCRIPT_STEPS * sizeof *kept->steps);
    side->offence = kept->offence;
}

static bool shrink(struct search *search, struct lg_script *script,
                   struct lg_difference *difference, struct lg_shrinker *shrinker)
{
    struct lg_side *a = search->sides[0], *b = search->sides[1];
    struct lg_json_error reason;
    bool alike;
    if (difference->kind == LG_DIFFERENCE_FORBIDDEN)
        stop_at(search, LG_VERDICT_VIOLATES);
    bool found = lg_shrink(shrinker, script, difference->step, difference->vm);
    stop_at(search, 0);
    for (unsigned i = 0; found && i < 2; i++)
        if (search->sides[i] &&
            !lg_side_repeat(search->sides[i], script, &search->before[i], &reason))
            return false;
    if (found)
        *difference = b ? lg_differ(script, a, b, &alike) : lg_offence_difference(a, LG_GUILTY_A);
    return found && difference->kind != LG_DIFFERENCE_NONE;
}

bool lg_find_shrink(struct lg_side *a, struct lg_side *b, struct lg_script *script,
                    struct lg_difference *difference, const struct lg_readings before[2],
                    const struct lg_known_keys *known, struct lg_shrinker *shrinker)
{
    struct search search = {
        .sides = {a, b}, .before = {before[0], before[1]}, .wanted = *difference, .known = known};
    struct lg_difference first = *difference;
    struct kept kept[2] = {{.steps = NULL}, {.steps = NULL}};
    shrinker->try_script = try_script;
    shrinker->calls = calls_of;
    shrinker->is_idle = is_idle;
    shrinker->context = &search;
    bool found =
        keep(&kept[0], a) && keep(&kept[1], b) && shrink(&search, script, difference, shrinker);
    if (!found)
        *difference = first;
    for (unsigned i = 0; i < 2; i++) {
        if (!found)
            show_again(&kept[i], search.sides[i]);
        free(kept[i].steps);
    }
    return found;
}

/* ---- telling ---- */

static void tell_step(const struct lg_script *script, unsigned at, const struct lg_side *a,
                      const struct lg_side *b)
{
    const struct lg_call *call = &script->steps[at].call;
    char words[LG_WORDS_BYTES], left[LG_WORDS_BYTES], right[LG_WORDS_BYTES];
    lg_words_of_call(call, &a->names, words);
    printf("    step %u: %s\n", at + 1, words);
    if (lg_methods[call->method].kind == LG_KIND_EVENT && a->steps[at].state == LG_STEP_ANSWERED)
        return;
    lg_side_step_words(a, script, at, left);
    if (b)
        lg_side_step_words(b, script, at, right);
    if (!b)
        printf("        %s\n", left);
    else if (strcmp(left, right) == 0)
        printf("        both: %s\n", left);
    else
        printf("        A: %s\n        B: %s\n", left, right);
}

/* Of an instance only what the model speaks of. */
static void seen_words(const struct lg_outcome *seen, const struct lg_call *call,
                       const struct lg_names *names, char *words)
{
    if (seen->answer == LG_ANSWERS_INSTANCE && !seen->fault && !seen->deviant)
        lg_words_of_pattern(seen, call, names, words);
    else
        lg_words_of_seen(seen, call, names, words);
}

static void tell_allowed(const struct lg_offence *offence, const struct lg_side *side)
{
    char words[LG_WORDS_BYTES];
    seen_words(&offence->seen, &offence->call, &side->names, words);
    printf("    seen: %s.%s: %s\n", lg_methods[offence->call.method].class_name,
           lg_methods[offence->call.method].name, words);
    for (unsigned i = 0; i < offence->verdict.allowed_count && i < 6; i++) {
        const struct lg_outcome *allowed = &offence->verdict.allowed[i];
        lg_words_of_pattern(allowed, &offence->call, &side->names, words);
        printf("    %s %s (%s)\n", i ? "     or" : "allowed:", words,
               lg_clauses[allowed->clause].id);
    }
    if (offence->verdict.allowed_count > 6 || offence->verdict.more)
        printf("         or others\n");
}

static const struct lg_alternative_row *tell_alternative(const char *what, uint16_t slot,
                                                         unsigned alternative)
{
    enum lg_site site = lg_slot_site(slot);
    const struct lg_alternative_row *row =
        &lg_alternatives[lg_sites[site].alternative + alternative];
    printf("    %s: %s=%s, %s\n", what, lg_sites[site].id, row->name, row->what);
    return row;
}

static void tell_clause(const struct lg_offence *offence)
{
    const struct lg_verdict *verdict = &offence->verdict;
    unsigned clause = verdict->clause;
    if (offence->kind == LG_VERDICT_INCONSISTENT)
        tell_alternative("explained only by a change to", verdict->slot, verdict->alternative);
    if (offence->why.found) {
        const struct lg_alternative_row *row =
            tell_alternative("explained by", offence->why.slot, offence->why.alternative);
        clause = row->clause ? row->clause : clause;
    }
    if (clause)
        printf("    clause: %s: %s (%s)\n", lg_clauses[clause].id, lg_clauses[clause].text,
               lg_clauses[clause].page);
}

static void tell_offence(const struct lg_side *side, char letter)
{
    static const char *const words[] = {[LG_VERDICT_INCONSISTENT] = "is inconsistent",
                                        [LG_VERDICT_VIOLATES] = "violates",
                                        [LG_VERDICT_UNDETERMINED] = "is undetermined"};
    const struct lg_offence *offence = &side->offence;
    if (offence->kind == LG_VERDICT_CONFORMS)
        return;
    if (letter)
        printf("    %c (%s) %s at step %u\n", letter, side->name, words[offence->kind],
               offence->step + 1);
    tell_clause(offence);
    tell_allowed(offence, side);
}

static void tell_shrinking(const struct lg_shrinker *shrinker)
{
    printf("    %s after %u tries and %llu calls; reproduced %u of %u times\n",
           shrinker->minimal ? "no step can leave" : "the budget is used up: shrink it again",
           shrinker->tries, (unsigned long long)shrinker->spent, shrinker->confirmed,
           shrinker->confirmations);
}

void lg_find_tell(const struct lg_script *script, const struct lg_difference *difference,
                  const struct lg_side *a, const struct lg_side *b,
                  const struct lg_shrinker *shrinker)
{
    static const char *const kinds[] = {"no difference", "both are allowed", "undetermined",
                                        "forbidden"};
    static const char *const guilty[] = {"", ", by A", ", by B", ", by both"};
    printf("%s%s: %s\n", kinds[difference->kind], b ? guilty[difference->guilty] : "",
           difference->what);
    for (unsigned i = 0; i < script->count; i++)
        tell_step(script, i, a, b);
    tell_offence(a, b ? 'A' : 0);
    if (b)
        tell_offence(b, 'B');
    if (shrinker)
        tell_shrinking(shrinker);
}

void lg_shell_word_print(const char *word)
{
    putchar('\'');
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*word);
    putchar('\'');
}

/* ---- vectors ---- */

static json_t *edge_of(const struct lg_script_step *step, const struct lg_side_step *done,
                       const struct lg_names *names)
{
    const struct lg_outcome *seen = &done->seen;
    if (done->state != LG_STEP_ANSWERED || lg_methods[step->call.method].kind == LG_KIND_EVENT)
        return NULL;
    if (seen->fault)
        return json_pack("{s:s}", "fault", lg_faults[seen->fault].name);
    if (seen->answer == LG_ANSWERS_BYTES && seen->form != LG_BYTES_GIVEN)
        return json_pack("{s:s}", "bytes", "none");
    if (seen->answer == LG_ANSWERS_BYTES && seen->symbol <= LG_MATERIAL_COUNT)
        return json_pack("{s:o}", "bytes", lg_symbol_to_json(seen->symbol, names));
    if (done->has_result && step->settle && !done->pending)
        return json_pack("{s:s}", "result", lg_result_word(done->result));
    if (done->has_result && !step->settle)
        return json_pack("{s:I}", "return", (json_int_t)seen->return_value);
    return NULL;
}

static bool add_edge(json_t *edges, json_t *edge)
{
    for (size_t i = 0; edge && i < json_array_size(edges); i++)
        if (json_equal(json_array_get(edges, i), edge)) {
            json_decref(edge);
            return true;
        }
    return edge && json_array_append_new(edges, edge) == 0;
}

static json_t *step_to_json(const struct lg_script *script, unsigned at,
                            const struct lg_difference *difference, const struct lg_side *sides[2])
{
    const struct lg_script_step *step = &script->steps[at];
    const struct lg_names *names = &sides[0]->names;
    json_t *json = lg_call_to_json(&step->call, names);
    json_t *edges = json_array();
    char name[LG_NAME_BYTES];
    if (step->call.new_job) {
        names->write_job(names->context, step->call.new_job, name);
        json_object_set_new(json, "job", json_string(name));
    }
    if (step->lose)
        json_object_set_new(json, "lose_reply", json_true());
    if (step->barrier)
        json_object_set_new(json, "barrier", json_true());
    for (unsigned i = 0; i < 2; i++) {
        bool guilty = difference->guilty >> i & 1 && at >= difference->step;
        if (sides[i] && !guilty)
            add_edge(edges, edge_of(step, &sides[i]->steps[at], names));
    }
    if (json_array_size(edges) == 0 && step->settle)
        add_edge(edges, json_pack("{s:s}", "result", lg_result_word(LG_MEANING_COMPLETED)));
    if (json_array_size(edges))
        json_object_set(json, "allow", edges);
    json_decref(edges);
    return json;
}

static json_t *clauses_of(const struct lg_side *sides[2])
{
    json_t *clauses = json_array();
    for (unsigned i = 0; i < 2; i++) {
        const struct lg_offence *offence = sides[i] ? &sides[i]->offence : NULL;
        unsigned clause = offence ? offence->verdict.clause : LG_CLAUSE_none;
        if (offence && offence->why.found)
            clause = lg_alternatives[lg_sites[lg_slot_site(offence->why.slot)].alternative +
                                     offence->why.alternative]
                         .clause;
        if (offence && offence->kind != LG_VERDICT_CONFORMS && clause != LG_CLAUSE_none)
            add_edge(clauses, json_string(lg_clauses[clause].id));
    }
    return clauses;
}

static json_t *needs_of(const struct lg_script *script)
{
    json_t *needs = json_array();
    for (unsigned i = 0; i < script->count && json_array_size(needs) == 0; i++)
        if (lg_methods[script->steps[i].call.method].kind == LG_KIND_EVENT)
            json_array_append_new(needs, json_string("events"));
    return needs;
}

static void make_path(const struct lg_difference *difference, const char *folder, char *path)
{
    static const char *const guilty[] = {"", "a-", "b-", "ab-"};
    const char *verdict = difference->kind == LG_DIFFERENCE_UNDETERMINED ? "undetermined-" : "";
    int length = snprintf(path, LG_FIND_PATH_BYTES - 8, "%.300s/find-%s%s%.120s", folder, verdict,
                          guilty[difference->guilty], difference->what);
    for (int i = (int)strlen(folder) + 1; i < length; i++)
        if (!isalnum((unsigned char)path[i]))
            path[i] = '-';
    strcat(path, ".json");
}

bool lg_find_write(const struct lg_script *script, const struct lg_difference *difference,
                   const struct lg_side *a, const struct lg_side *b, const char *folder,
                   char path[LG_FIND_PATH_BYTES])
{
    const struct lg_side *sides[2] = {a, b};
    json_t *steps = json_array();
    char title[LG_TITLE_BYTES];
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        json_decref(steps);
        return false;
    }
    make_path(difference, folder, path);
    snprintf(title, sizeof title, "Found by comparing: %.120s", difference->what);
    for (unsigned i = 0; i < script->count; i++)
        json_array_append_new(steps, step_to_json(script, i, difference, sides));
    json_t *json =
        json_pack("{s:s, s:s, s:o, s:o, s:o}", "format", LG_VECTOR_FORMAT, "title", title,
                  "clauses", clauses_of(sides), "needs", needs_of(script), "steps", steps);
    bool written = json && json_dump_file(json, path, JSON_INDENT(2)) == 0;
    json_decref(json);
    return written;
}
