/* Runs vectors against mutants of the model. Not a product: what adequacy.py drives.
 *
 * usage: judge_mutants LIBRARY [--jobs N] [--most N] [--patience N] --mode MODE... [-- VECTORS...]
 * N kills of a mutant are enough, and N scripts that it answers otherwise than the model although
 * the oracle accepts that (0: all). Vectors of tier smoke come first, then the others in a fixed
 * order of no meaning.
 * Standard input: numbers of mutants, one a line. Standard output: what the model itself is found
 * to do, then one JSON object a mutant. Each mutant runs in a process of its own, and has so much
 * processor time. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "line_crew.h"
#include "suite.h"

enum { MODES_MAX = 512, SECONDS_OF_SCRIPT = 4, SECONDS_OF_MUTANT = 60, LINE_BYTES = 64 };

/* What a mutant's process tells: shared with its parent. */
struct board {
    unsigned mode;
    unsigned vector;
    unsigned first_mode; /* of the first finding */
    unsigned first_vector;
    unsigned first_verdict;
    unsigned found;
    bool judging;      /* the oracle is at work too */
    bool cut;          /* not every script was run */
    unsigned accepted; /* scripts that it answered otherwise, which the oracle did not mind */
    unsigned char kills[];
};

static void limit_time(unsigned seconds)
{
    struct itimerval timer = {.it_value = {seconds, 0}};
    setitimer(ITIMER_PROF, &timer, NULL);
}

static void limit_process(void)
{
    struct rlimit core = {0, 0};
    struct rlimit time = {SECONDS_OF_MUTANT, SECONDS_OF_MUTANT + 1};
    setrlimit(RLIMIT_CORE, &core);
    setrlimit(RLIMIT_CPU, &time);
    if (!freopen("/dev/null", "w", stderr))
        _exit(3);
}

static void note(struct board *board, enum lg_vector_verdict verdict)
{
    if (board->found++ == 0) {
        board->first_mode = board->mode;
        board->first_vector = board->vector;
        board->first_verdict = verdict;
    }
    board->kills[board->vector] = 1;
}

static void run_script(struct lg_suite *suite, struct board *board)
{
    enum lg_vector_verdict verdict;
    limit_time(SECONDS_OF_SCRIPT);
    board->judging = false;
    if (lg_suite_is_same(suite, board->mode, board->vector))
        return;
    board->judging = true;
    limit_time(4 * SECONDS_OF_SCRIPT);
    verdict = lg_suite_judge(suite, board->mode, board->vector);
    if (lg_suite_finds(suite, board->mode, board->vector, verdict))
        note(board, verdict);
    else
        board->accepted++;
}

struct limits {
    unsigned jobs;
    unsigned most;
    unsigned patience;
};

static bool is_enough(const struct limits *limits, const struct board *board)
{
    return (limits->most && board->found >= limits->most) ||
           (limits->patience && board->accepted >= limits->patience && !board->found);
}

/* In a process of its own: the mutant may crash or never end. */
static void run_mutant(struct lg_suite *suite, int mutant, const struct limits *limits,
                       struct board *board)
{
    limit_process();
    lg_mutants_select(suite->mutants, mutant);
    for (board->mode = 0; board->mode < suite->mode_count; board->mode++)
        for (unsigned i = 0; i < suite->count; i++) {
            board->vector = suite->order[i];
            if (!board->kills[board->vector])
                run_script(suite, board);
            board->cut = is_enough(limits, board);
            if (board->cut)
                return;
        }
}

/* How the process of a mutant ended. */
static const char *wait_for(pid_t child)
{
    int status;
    if (waitpid(child, &status, 0) < 0)
        return NULL;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGPROF || WTERMSIG(status) == SIGXCPU ? "never ends" : "crash";
    return WEXITSTATUS(status) == 0 ? "done" : "crash";
}

static void print_kills(const struct board *board, unsigned count)
{
    for (unsigned i = 0; i < count; i += 4) {
        unsigned nibble = 0;
        for (unsigned k = 0; k < 4 && i + k < count; k++)
            nibble |= (unsigned)board->kills[i + k] << k;
        putchar("0123456789abcdef"[nibble]);
    }
}

static void print_mutant(const struct lg_suite *suite, int mutant, const struct board *board,
                         const char *end)
{
    printf("{\"mutant\": %d, \"end\": \"%s\", \"found\": %u, \"accepted\": %u", mutant, end,
           board->found, board->accepted);
    if (strcmp(end, "crash") == 0 || strcmp(end, "never ends") == 0)
        printf(", \"mode\": \"%s\", \"vector\": \"%s\", \"judging\": %s",
               suite->modes[board->mode].name, suite->vectors[board->vector]->id,
               board->judging ? "true" : "false");
    if (board->found)
        printf(", \"first\": [\"%s\", \"%s\", \"%s\"]", suite->modes[board->first_mode].name,
               suite->vectors[board->first_vector]->id, lg_verdict_words[board->first_verdict]);
    printf(", \"kills\": \"");
    print_kills(board, suite->count);
    printf("\"}\n");
    fflush(stdout);
}

static bool judge_mutant(struct lg_suite *suite, int mutant, const struct limits *limits,
                         struct board *board)
{
    memset(board, 0, sizeof *board + suite->count);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        run_mutant(suite, mutant, limits, board);
        _exit(0);
    }
    const char *end = child < 0 ? NULL : wait_for(child);
    if (!end)
        return false;
    if (strcmp(end, "done") != 0)
        board->kills[board->vector] = 1;
    print_mutant(suite, mutant, board, board->cut ? "cut" : end);
    return true;
}

/* The vectors, and those that the model itself does not pass. */
static void print_suite(const struct lg_suite *suite)
{
    printf("{\"vectors\": [");
    for (unsigned i = 0; i < suite->count; i++)
        printf("%s\"%s\"", i ? ", " : "", suite->vectors[i]->id);
    printf("], \"calls\": %u, \"model\": [", suite->call_count);
    for (unsigned i = 0, told = 0; i < suite->mode_count * suite->count; i++) {
        enum lg_vector_verdict verdict = suite->traces[i].verdict;
        if (verdict != LG_VECTOR_CONFORMS && verdict != LG_VECTOR_UNDOCUMENTED)
            printf("%s[\"%s\", \"%s\", \"%s\"]", told++ ? ", " : "",
                   suite->modes[i / suite->count].name, suite->vectors[i % suite->count]->id,
                   lg_verdict_words[verdict]);
    }
    printf("]}\n");
    fflush(stdout);
}

/* Memory that processes share, NULL if there is none. */
static void *share(size_t bytes)
{
    FILE *file = tmpfile();
    void *memory = MAP_FAILED;
    if (file && ftruncate(fileno(file), (off_t)bytes) == 0)
        memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
    return memory == MAP_FAILED ? NULL : memory;
}

struct judging {
    struct lg_suite *suite;
    const struct limits *limits;
    struct board *board; /* of this process and its mutants */
};

static bool judge_line(void *context, const char *line)
{
    struct judging *judging = context;
    if (!judging->board)
        judging->board = share(sizeof(struct board) + judging->suite->count);
    return judging->board &&
           judge_mutant(judging->suite, atoi(line), judging->limits, judging->board);
}

/* The words before "--". False: one of them makes no sense. */
static bool read_options(struct lg_suite *suite, struct limits *limits, char **argv, int count)
{
    for (int at = 0; at < count; at += 2) {
        const char *value = at + 1 < count ? argv[at + 1] : "";
        if (strcmp(argv[at], "--jobs") == 0)
            limits->jobs = (unsigned)atoi(value);
        else if (strcmp(argv[at], "--most") == 0)
            limits->most = (unsigned)atoi(value);
        else if (strcmp(argv[at], "--patience") == 0)
            limits->patience = (unsigned)atoi(value);
        else if (strcmp(argv[at], "--mode") != 0 || suite->mode_count == MODES_MAX ||
                 !lg_mode_read(&suite->modes[suite->mode_count++], value)) {
            fprintf(stderr, "judge_mutants: what is %s %s?\n", argv[at], value);
            return false;
        }
    }
    return suite->mode_count > 0;
}

int main(int argc, char **argv)
{
    static struct lg_suite suite;
    static struct lg_mode modes[MODES_MAX];
    struct limits limits = {1, 0, 0};
    struct judging judging = {&suite, &limits, NULL};
    struct lg_mutants mutants;
    int end = 2;
    suite.modes = modes;
    while (end < argc && strcmp(argv[end], "--") != 0)
        end++;
    if (argc < 3 || !read_options(&suite, &limits, argv + 2, end - 2) ||
        !lg_mutants_load(&mutants, argv[1]))
        return 64;
    end += end < argc;
    if (!lg_suite_load(&suite, &mutants, (const char *const *)argv + end, (size_t)(argc - end)) ||
        !lg_suite_record(&suite))
        return 3;
    print_suite(&suite);
    return lg_crew_run(limits.jobs, judge_line, &judging) ? 0 : 3;
}
