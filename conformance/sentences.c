/* The register of sentences as a walk: pages, their sections, what each says. */
#include "sentences.h"

#include <stdio.h>
#include <string.h>

#include "clause_names.h"

enum row_kind { ROW_PAGE, ROW_SECTION, ROW_SAYS, ROW_REMARK, ROW_RETURNS };

struct row {
    enum row_kind what;
    unsigned number; /* enum lg_clause_kind, enum lg_method, or how many sentences a page has */
    const char *text;
    const char *more; /* targets, a reason, or how a page was read */
};

static const struct row rows[] = {
#define LG_PAGE(file, read, count) {ROW_PAGE, count, file, #read},
#define LG_SECTION(title) {ROW_SECTION, 0, title, ""},
#define LG_SAYS(kind, text, targets) {ROW_SAYS, LG_CLAUSE_KIND_##kind, text, targets},
#define LG_REMARK(kind, text, reason) {ROW_REMARK, LG_CLAUSE_KIND_##kind, text, reason},
#define LG_RETURN_ROWS(method) {ROW_RETURNS, LG_CALL_##method, "", ""},
#include "model/sentences/service.def"
#include "model/sentences/settings.def"
#include "model/sentences/jobs.def"
#include "model/sentences/systems.def"
#include "model/sentences/associations.def"
#include "model/sentences/others.def"
#undef LG_PAGE
#undef LG_SECTION
#undef LG_SAYS
#undef LG_REMARK
#undef LG_RETURN_ROWS
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

static void take(struct lg_sentence_walk *walk, const struct row *row)
{
    walk->sentence.ordinal++;
    walk->sentence.kind = (enum lg_clause_kind)row->number;
    walk->sentence.text = row->text;
    walk->sentence.targets = row->what == ROW_SAYS ? row->more : "";
    walk->sentence.reason = row->what == ROW_REMARK ? row->more : "";
}

static void take_return(struct lg_sentence_walk *walk, unsigned index)
{
    const struct lg_return_row *row = &lg_returns[index];
    char last[16] = "";
    if (row->high > row->low)
        snprintf(last, sizeof last, " to %u", row->high);
    snprintf(walk->text, sizeof walk->text, "%u%s: %s.", row->low, last,
             lg_meanings[row->meaning].text);
    lg_citation_write((unsigned)LG_CLAUSE_COUNT + index, walk->target);
    walk->sentence.ordinal++;
    walk->sentence.kind = LG_CLAUSE_KIND_DEFINES;
    walk->sentence.text = walk->text;
    walk->sentence.targets = walk->target;
    walk->sentence.reason = "";
}

/* The next row of this method's return table, LG_RETURN_COUNT after the last one. */
static unsigned next_return(unsigned from, unsigned method)
{
    while (from < LG_RETURN_COUNT && (unsigned)lg_returns[from].method != method)
        from++;
    return from;
}

const struct lg_sentence *lg_sentence_next(struct lg_sentence_walk *walk)
{
    for (; walk->row < ROW_COUNT; walk->row++) {
        const struct row *row = &rows[walk->row];
        switch (row->what) {
        case ROW_PAGE: walk->sentence.page = row->text; break;
        case ROW_SECTION:
            walk->sentence.section = row->text;
            walk->sentence.ordinal = 0;
            break;
        case ROW_RETURNS:
            walk->return_row = next_return(walk->return_row, row->number);
            if (walk->return_row < LG_RETURN_COUNT) {
                take_return(walk, walk->return_row++);
                return &walk->sentence;
            }
            walk->return_row = 0;
            break;
        default:
            take(walk, row);
            walk->row++;
            return &walk->sentence;
        }
    }
    return NULL;
}

bool lg_sentence_is_of(const struct lg_sentence *sentence, const char *id)
{
    size_t length = strlen(id);
    for (const char *at = sentence->targets; *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == length && strncmp(at, id, length) == 0)
            return true;
        at += word;
    }
    return false;
}

void lg_sentence_id(const struct lg_sentence *sentence, char *id)
{
    snprintf(id, LG_SENTENCE_TEXT_BYTES, "%s:%s.%u", sentence->page, sentence->section,
             sentence->ordinal);
}

json_t *lg_sentence_json(const struct lg_sentence *sentence)
{
    char id[LG_SENTENCE_TEXT_BYTES];
    lg_sentence_id(sentence, id);
    return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s}", "id", id, "page", sentence->page,
                     "section", sentence->section, "ordinal", (json_int_t)sentence->ordinal, "kind",
                     lg_clause_kind_word(sentence->kind), "text", sentence->text, "targets",
                     sentence->targets, "reason", sentence->reason);
}

json_t *lg_sentence_pages(void)
{
    json_t *pages = json_array();
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].what == ROW_PAGE)
            json_array_append_new(pages,
                                  json_pack("{s:s, s:s, s:I}", "id", rows[i].text, "text",
                                            rows[i].more, "sentences", (json_int_t)rows[i].number));
    return pages;
}

const char *lg_evidence_of(const char *id)
{
    static const struct {
        const char *of;
        const char *text;
    } evidence[] = {
#define LG_EVIDENCE(of, text) {of, text},
#include "model/evidence.def"
#undef LG_EVIDENCE
    };
    for (size_t i = 0; i < sizeof evidence / sizeof evidence[0]; i++)
        if (strcmp(evidence[i].of, id) == 0)
            return evidence[i].text;
    return NULL;
}
