/* What is checked before a method of the service or of a VM does anything. Each check gives the
 * causes it found. */
#include "bits.h"
#include "step.h"

/* Of sites whose plain reading refuses. */
static bool site_refuses(struct lg_turn *turn, enum lg_site site, unsigned key)
{
    return lg_site_refuses(turn, site, key, 0);
}

/* The causes in force that the method has a code for. */
static uint32_t armed_and_listed(const struct lg_turn *turn, enum lg_method method)
{
    uint32_t listed = 0;
    for (unsigned meaning = 0; turn->armed >> meaning; meaning++)
        if (lg_return_by_meaning(method, (enum lg_meaning)meaning) ||
            lg_methods[method].scheme == LG_SCHEME_DMTF)
            listed |= 1u << meaning;
    return turn->armed & listed;
}

bool lg_is_armed(const struct lg_turn *turn, enum lg_method method)
{
    return armed_and_listed(turn, method) != 0;
}

unsigned lg_choose_reported(struct lg_turn *turn, uint32_t found)
{
    unsigned count = lg_bits_count(found);
    unsigned most = lg_slot_alternatives(lg_sites[LG_SITE_check_order].slot);
    lg_assert(count > 0);
    unsigned before =
        lg_choose_among(turn->tape, LG_SITE_check_order, count < most ? count : most, ~0u);
    return (unsigned)__builtin_ctz((uint32_t)lg_bits_after(found, before));
}

enum lg_meaning lg_armed_meaning(struct lg_turn *turn, enum lg_method method)
{
    return (enum lg_meaning)lg_choose_reported(turn, armed_and_listed(turn, method));
}

bool lg_share_owner(struct lg_turn *turn, uint16_t a, uint16_t b)
{
    if (lg_vm_share_owner(&turn->cell->vm, a, b))
        return true;
    return (turn->cell->vm.flags & LG_VM_OWNERS_FORGOTTEN) &&
           lg_choose(turn->tape, LG_SITE_owner_forgotten, 0) == LG_ALT_owner_forgotten_shared;
}

static bool identity_is_bad(struct lg_turn *turn)
{
    uint8_t identity = turn->call->identity;
    if (identity != LG_ID_OTHER_CASE && identity != LG_ID_WITHOUT_LAST_PART)
        return false;
    return lg_site_refuses(turn, LG_SITE_setting_identity, identity - LG_ID_OTHER_CASE,
                           LG_ALT_setting_identity_refused);
}

static uint32_t check_identity(struct lg_turn *turn)
{
    switch (turn->call->identity) {
    case LG_ID_MISSING: return LG_CAUSE_BIT(SETTING_UNIDENTIFIED);
    case LG_ID_CHECKPOINT:
    case LG_ID_DEFINITION: return LG_CAUSE_BIT(NOT_A_VM);
    case LG_ID_UNKNOWN: return LG_CAUSE_BIT(VM_UNKNOWN);
    default: break;
    }
    if (turn->cell->vm.kind == LG_VM_NONE || identity_is_bad(turn))
        return LG_CAUSE_BIT(VM_UNKNOWN);
    return 0;
}

bool lg_call_names_vm(const struct lg_call *call)
{
    return !lg_check_text_shape(call) && call->identity != LG_ID_MISSING &&
           call->identity != LG_ID_CHECKPOINT && call->identity != LG_ID_DEFINITION &&
           call->identity != LG_ID_UNKNOWN;
}

uint32_t lg_check_rights(struct lg_turn *turn)
{
    return turn->cell->host.role == LG_ROLE_USER ? LG_CAUSE_BIT(CALLER_WITHOUT_RIGHTS) : 0;
}

bool lg_reader_is_refused(struct lg_turn *turn)
{
    return lg_choose(turn->tape, LG_SITE_rights_to_read, 0) == LG_ALT_rights_to_read_refused;
}

/* A text that is no instance of the class names nothing: what else it holds does not matter. */
uint32_t lg_check_text_shape(const struct lg_call *call)
{
    switch (call->setting) {
    case LG_TEXT_MISSING: return LG_CAUSE_BIT(SETTING_MISSING);
    case LG_TEXT_MALFORMED: return LG_CAUSE_BIT(SETTING_MALFORMED);
    case LG_TEXT_OTHER_CLASS: return LG_CAUSE_BIT(SETTING_OTHER_CLASS);
    default: return 0;
    }
}

/* The settings that the class has on a host: two came after the pages were written, one with 2019,
 * one with 2022. */
uint8_t lg_settings_of_host(uint8_t version)
{
    unsigned count = LG_SETTING_BIND_TO_HOST_TPM;
    if (version == LG_HOST_2019)
        count = LG_SETTING_APP_CONTAINER_LAUNCH_OPT_OUT;
    if (version == LG_HOST_2022 || version == LG_HOST_2025)
        count = LG_SETTING_COUNT;
    return (uint8_t)((1u << count) - 1);
}

static bool has_unknown_property(const struct lg_turn *turn)
{
    return (turn->call->setting_flags & LG_TEXT_UNKNOWN_PROPERTY) ||
           (turn->call->present & ~lg_settings_of_host(turn->cell->host.version));
}

uint32_t lg_check_duplicate(struct lg_turn *turn)
{
    if ((turn->call->setting_flags & LG_TEXT_DUPLICATE) &&
        site_refuses(turn, LG_SITE_setting_duplicate, 0))
        return LG_CAUSE_BIT(SETTING_DUPLICATE);
    return 0;
}

/* The caller's rights, the text of SecuritySettingData, and the VM that it names; the environment
 * may fail any call. */
uint32_t lg_check_setting_text(struct lg_turn *turn)
{
    const struct lg_call *call = turn->call;
    uint32_t causes = lg_check_rights(turn) | lg_check_environment(turn);
    if (lg_check_text_shape(call))
        return causes | lg_check_text_shape(call);
    if ((call->setting_flags & LG_TEXT_HUGE) && site_refuses(turn, LG_SITE_setting_too_long, 1))
        return causes | LG_CAUSE_BIT(SETTING_TOO_LONG);
    if ((call->setting_flags & LG_TEXT_TOO_LONG) && site_refuses(turn, LG_SITE_setting_too_long, 0))
        causes |= LG_CAUSE_BIT(SETTING_TOO_LONG);
    causes |= lg_check_duplicate(turn);
    if ((call->setting_flags & LG_TEXT_WRONG_TYPE) &&
        site_refuses(turn, LG_SITE_setting_wrong_type, call->method))
        causes |= LG_CAUSE_BIT(SETTING_WRONG_TYPE);
    if (has_unknown_property(turn) && lg_site_refuses(turn, LG_SITE_setting_unknown_property, 0,
                                                      LG_ALT_setting_unknown_property_refused))
        causes |= LG_CAUSE_BIT(UNKNOWN_PROPERTY);
    return causes | check_identity(turn);
}

/* Whether the VM is known, whatever else is wrong with the call: it is looked at as well. A text
 * that is refused for being huge was not read. */
bool lg_leads_to_vm(const struct lg_turn *turn, uint32_t causes)
{
    bool is_unread =
        (turn->call->setting_flags & LG_TEXT_HUGE) && (causes & LG_CAUSE_BIT(SETTING_TOO_LONG));
    return !is_unread &&
           !(causes & (LG_CAUSE_BIT(TYPE_MISMATCH) | LG_CAUSE_BIT(SETTING_MISSING) |
                       LG_CAUSE_BIT(SETTING_MALFORMED) | LG_CAUSE_BIT(SETTING_OTHER_CLASS) |
                       LG_CAUSE_BIT(SETTING_UNIDENTIFIED) | LG_CAUSE_BIT(VM_UNKNOWN) |
                       LG_CAUSE_BIT(NOT_A_VM)));
}

/* A planned VM has everything but a run time. */
uint32_t lg_check_vm(struct lg_turn *turn)
{
    if (turn->cell->vm.kind == LG_VM_PLANNED &&
        lg_site_refuses(turn, LG_SITE_planned_vm, turn->call->method, LG_ALT_planned_vm_refused))
        return LG_CAUSE_BIT(NOT_A_VM);
    return 0;
}

uint32_t lg_check_support(struct lg_turn *turn)
{
    uint8_t method = turn->call->method;
    uint32_t causes = 0;
    if (turn->cell->vm.generation == 1 && site_refuses(turn, LG_SITE_generation_gate, method))
        causes |= LG_CAUSE_BIT(UNSUPPORTED);
    if ((turn->cell->vm.flags & LG_VM_OLD_VERSION) && !causes &&
        site_refuses(turn, LG_SITE_version_gate, method))
        causes |= LG_CAUSE_BIT(UNSUPPORTED);
    if ((turn->cell->host.flags & LG_HOST_NO_TPM) && !causes &&
        site_refuses(turn, LG_SITE_host_gate, method))
        causes |= LG_CAUSE_BIT(UNSUPPORTED);
    return causes;
}

static bool has_live_job(const struct lg_cell *cell)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (lg_job_is_live(&cell->jobs[i]) && !(cell->jobs[i].flags & LG_JOB_STRAY))
            return true;
    return false;
}

uint32_t lg_check_in_use(struct lg_turn *turn)
{
    if (turn->cell->vm.flags & LG_VM_HELD)
        return LG_CAUSE_BIT(HELD);
    if (!lg_cell_has_room(turn->cell))
        return LG_CAUSE_BIT(HELD);
    if (!has_live_job(turn->cell))
        return 0;
    if (lg_site_refuses(turn, LG_SITE_concurrency, turn->call->method, LG_ALT_concurrency_refused))
        return LG_CAUSE_BIT(HELD);
    return 0;
}

/* A call that was let in beside a running job waits for it. */
bool lg_must_queue(const struct lg_turn *turn)
{
    return has_live_job(turn->cell);
}

uint32_t lg_check_power(struct lg_turn *turn)
{
    uint8_t power = turn->cell->vm.power;
    unsigned key = (unsigned)turn->call->method * LG_POWER_COUNT + power;
    if (power == LG_POWER_OFF || !site_refuses(turn, LG_SITE_power_gate, key))
        return 0;
    return LG_CAUSE_BIT(POWER);
}

uint32_t lg_check_environment(struct lg_turn *turn)
{
    return lg_is_armed(turn, (enum lg_method)turn->call->method) ? LG_CAUSE_BIT(ENVIRONMENT) : 0;
}
