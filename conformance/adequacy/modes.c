/* Modes by name. */
#include "modes.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 200 };

static void pin_jobs(struct lg_profile *profile, bool by_job)
{
    lg_profile_pin(profile, LG_SITE_execution,
                   by_job ? LG_ALT_execution_by_job : LG_ALT_execution_now);
    lg_profile_pin(profile, LG_SITE_place_of_state_errors,
                   by_job ? LG_ALT_place_of_state_errors_in_job
                          : LG_ALT_place_of_state_errors_at_call);
    lg_profile_pin(profile, LG_SITE_place_of_parameter_errors,
                   LG_ALT_place_of_parameter_errors_at_call);
}

/* Everything by jobs, which take every request that the pages have for them. */
static void pin_busy(struct lg_profile *profile)
{
    pin_jobs(profile, true);
    lg_profile_pin(profile, LG_SITE_job_cancellable, LG_ALT_job_cancellable_until_effect);
    lg_profile_pin(profile, LG_SITE_job_suspend, LG_ALT_job_suspend_yes);
    lg_profile_pin(profile, LG_SITE_job_service, LG_ALT_job_service_yes);
    lg_profile_pin(profile, LG_SITE_concurrency, LG_ALT_concurrency_queued);
}

static bool take_profile(struct lg_mode *mode, char *text)
{
    char *at = strchr(text, '@');
    int found = LG_PROFILE_documented;
    if (at) {
        *at = 0;
        found = lg_profile_find(at + 1);
    }
    if (found < 0)
        return false;
    mode->profile = (enum lg_profile_id)found;
    lg_profile_load(&mode->choices, mode->profile, LG_TAG_CONFORMS);
    return true;
}

bool lg_mode_read(struct lg_mode *mode, const char *name)
{
    char text[NAME_BYTES];
    memset(mode, 0, sizeof *mode);
    mode->name = name;
    if (strlen(name) >= sizeof text)
        return false;
    strcpy(text, name);
    if (!take_profile(mode, text))
        return false;
    if (strncmp(text, "each:", 5) == 0 || strncmp(text, "jobs:", 5) == 0) {
        if (*text == 'j')
            pin_busy(&mode->choices);
        mode->seed = strtoull(text + 5, NULL, 10);
        return mode->seed != 0;
    }
    pin_jobs(&mode->choices, strcmp(text, "async") == 0);
    return strcmp(text, "sync") == 0 || strcmp(text, "async") == 0;
}
