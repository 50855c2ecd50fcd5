/* lastgood enumerate: every outcome that the documents allow, against what the vector allows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agree.h"
#include "arguments.h"
#include "commands.h"
#include "vector_files.h"

static const char help[] =
    "usage: lastgood enumerate VECTOR|FOLDER... [options]\n"
    "\n"
    "Walks every history that the documents allow, and prints for each step its possible outcomes. "
    "An outcome that the\n"
    "vector does not list is MISSING, an edge that nothing reaches is SPURIOUS: the exit code is 1 "
    "then.\n"
    "\n"
    "  --profile NAME   default documented\n"
    "  --tier TIER      smoke, hand, full or wire: vectors up to this tier\n"
    "  --quiet          only the vectors that differ\n"
    "\n"
    "example:\n"
    "  lastgood enumerate conformance/vectors/restore-without-last-known-good.json\n";

struct options {
    enum lg_profile_id profile;
    enum lg_tier tier;
    bool quiet;
};

static const char *words_of(const struct lg_agreement *agreement)
{
    if (agreement->bound_hit)
        return "too many histories";
    if (agreement->missing || agreement->spurious)
        return "differs from the model";
    return agreement->unchecked ? "loses replies: judged by the oracle only"
                                : "agrees with the model";
}

static bool walk(const struct lg_vector *vector, const struct options *options,
                 struct lg_blobs *blobs, int *code)
{
    struct lg_agreement agreement;
    struct lg_names names;
    lg_names_of_scripts(&names, blobs);
    if (!options->quiet)
        printf("%s: %s\n", vector->id, vector->title);
    bool walked =
        lg_agree(vector, options->profile, &names, options->quiet ? NULL : stdout, &agreement);
    bool differs = agreement.missing || agreement.spurious || agreement.bound_hit;
    if (walked && (differs || !options->quiet))
        printf("%s %s: %u missing, %u spurious, at most %u histories\n", vector->id,
               words_of(&agreement), agreement.missing, agreement.spurious, agreement.histories);
    if (differs)
        *code = LG_EXIT_VIOLATES;
    return walked;
}

static bool enumerate(const char *path, const struct options *options, struct lg_blobs *blobs,
                      int *code)
{
    struct lg_vector *vector = malloc(sizeof *vector);
    struct lg_json_error error;
    bool loaded = vector && lg_vector_load(vector, path, blobs, &error);
    if (!loaded)
        fprintf(stderr, "lastgood: %s\n", vector ? error.reason : "no memory");
    bool walked = loaded && (vector->tier > options->tier || walk(vector, options, blobs, code));
    if (vector)
        lg_vector_free(vector);
    free(vector);
    return walked;
}

int lg_command_enumerate(int argc, char **argv)
{
    struct options options = {LG_PROFILE_documented, LG_TIER_WIRE, false};
    struct lg_file_list files;
    struct lg_blobs blobs;
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count;
    const struct lg_option known[] = {
        {"--profile", .take = lg_take_profile, .into = &options.profile},
        {"--tier", .take = lg_take_tier, .into = &options.tier},
        {"--quiet", .flag = &options.quiet}};
    int code = lg_arguments_read(argc, argv, known, 3, help, words, &count);
    if (code < 0 && lg_vector_files_find(&files, words, count)) {
        code = lg_blobs_init(&blobs) ? LG_EXIT_CONFORMS : LG_EXIT_HARNESS;
        for (size_t i = 0; code != LG_EXIT_HARNESS && i < files.count; i++)
            if (!enumerate(files.paths[i], &options, &blobs, &code))
                code = LG_EXIT_USAGE;
        lg_blobs_free(&blobs);
        lg_vector_files_free(&files);
    } else if (code < 0)
        code = LG_EXIT_USAGE;
    free(words);
    return code;
}
