"""What the pages leave open: each choice site, and the alternatives that conform.

The ids are those of `lastgood list sites`. A rule asks for the alternatives by the site's id, so
that nothing is left open that does not stand here. What a site's page forbids or does not speak of
is no alternative: world A is explored with conforming readings only.
"""

SITES = {
    "execution": ("now", "by_job"),
    "place_of_parameter_errors": ("at_call", "in_job"),
    "place_of_state_errors": ("at_call", "in_job"),
    "job_progress": ("ended", "runs", "took_effect"),
    "job_success": ("completed", "with_warnings"),
    "cancel_result": ("at_once", "started", "fails"),
    "retention_over": ("at_once", "later"),
    "job_cancellable": ("no", "until_effect"),
    "job_request_unsupported": ("not_supported", "invalid_transition", "failed"),
    "job_ended_request": ("invalid_transition", "not_supported", "failed"),
    "job_shutting_down_request": ("busy", "last_wins", "invalid_transition"),
    "job_failure_status": ("ok", "error"),
    "job_error_text": ("given", "null"),
    "job_error_running": ("null", "invalid_state"),
    "cancelled_error": ("failed", "none", "of_table"),
    "job_request_range": ("invalid_parameter", "not_supported"),
    "job_ends_by_itself": ("no", "yes"),
    "jobs_of_removed": ("listed", "none"),
    "missing_listed": ("none", "not_found"),
    "kill_job": ("not_supported",),
    "job_type": ("modify_vm", "modify_resources", "unknown", "modify_service"),
    "concurrency": ("refused", "queued"),
    "dmtf_numbering": ("table", "siblings", "vendor"),
    "power_gate": ("refused", "allowed"),
    "sealed_overwrite": ("allowed", "refused"),
    "unset_form": ("container", "empty", "null"),
    "in_use_protector": ("configured", "started_with"),
    "resume_is_start": ("no", "yes"),
    "requested_shown": ("request", "not_applicable"),
    "restore_without": ("refused", "nothing"),
    "stray_listed": ("no", "yes"),
    "tpm_off_seal": ("cleared", "kept"),
    "start_unset": ("fails", "made"),
    "modify_unchanged": ("as_any", "at_once"),
    "protector_precondition": ("refused", "allowed"),
    "turn_off_without_protector": ("allowed", "refused"),
    "element_off": ("false", "null"),
    "saved_number": ("offline", "version1"),
    "get_job": ("never", "later"),
    "same_power_request": ("refused", "completed"),
}


asked = set()  # the sites that a rule has asked for


def may(site, alternative):
    """Whether an alternative of a site is open."""
    asked.add(site)
    return alternative in SITES[site]


def each(site, meanings):
    """What the open alternatives of a site mean."""
    asked.add(site)
    return [meanings[alternative] for alternative in SITES[site]]


def leave_out(site, alternative):
    """Makes the reader wrong, or narrower: for tests of the comparison."""
    SITES[site] = tuple(one for one in SITES[site] if one != alternative)


# Where the model says something else than the clauses, as rulings.md tells. Until it is mended the
# reader follows it there, so that everything else is compared; `--stand` lets it stand its ground.
UNSETTLED = set()


def unsettled(ruling):
    return ruling in UNSETTLED


def stand(ruling):
    """Lets the reader stand its ground in a ruling that is open."""
    UNSETTLED.remove(ruling)
