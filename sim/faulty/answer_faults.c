/* Faults of what is answered, of settings, of VMs. */
#include <string.h>

#include "faults.h"

static bool runs_job(const struct lg_call *call, const struct lg_outcome *outcome)
{
    return call->method == LG_CALL_SET_KEY_PROTECTOR && !outcome->fault &&
           outcome->return_value == 4096;
}

void lg_fault_set_4096_without_job(struct lg_simulator *simulator, const struct lg_call *call,
                                   struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (lg_fault_did(call, LG_CALL_SET_KEY_PROTECTOR, outcome))
        outcome->return_value = 4096;
}

void lg_fault_set_0_with_job(struct lg_simulator *simulator, const struct lg_call *call,
                             struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (runs_job(call, outcome))
        outcome->return_value = 0;
}

void lg_fault_set_busy_for_nothing(struct lg_simulator *simulator, const struct lg_call *call,
                                   struct lg_outcome *outcome)
{
    if (call->method == LG_CALL_SET_KEY_PROTECTOR &&
        ++lg_fault_counts_of(simulator)->calls % 3 == 0) {
        memset(outcome, 0, sizeof *outcome);
        outcome->return_value = 32774;
        return;
    }
    lg_simulator_step(simulator, call, outcome);
}

void lg_fault_set_takes_any_text(struct lg_simulator *simulator, const struct lg_call *call,
                                 struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (call->method == LG_CALL_SET_KEY_PROTECTOR && call->setting == LG_TEXT_MALFORMED &&
        !outcome->fault)
        outcome->return_value = 0;
}

void lg_fault_set_code_of_its_own(struct lg_simulator *simulator, const struct lg_call *call,
                                  struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (call->method == LG_CALL_SET_KEY_PROTECTOR && !outcome->fault &&
        outcome->return_value >= 32768)
        outcome->return_value = 87;
}

/* ---- settings ---- */

void lg_fault_modify_does_nothing(struct lg_simulator *simulator, const struct lg_call *call,
                                  struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    uint8_t before = cell ? cell->vm.vault.settings : 0;
    lg_simulator_step(simulator, call, outcome);
    if (cell && lg_fault_did(call, LG_CALL_MODIFY_SECURITY_SETTINGS, outcome))
        cell->vm.vault.settings = before;
}

void lg_fault_modify_clears_protector(struct lg_simulator *simulator, const struct lg_call *call,
                                      struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (cell && lg_fault_did(call, LG_CALL_MODIFY_SECURITY_SETTINGS, outcome))
        cell->vm.vault.current = LG_SYMBOL_NONE;
}

void lg_fault_modify_sets_neighbour(struct lg_simulator *simulator, const struct lg_call *call,
                                    struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (cell && lg_fault_did(call, LG_CALL_MODIFY_SECURITY_SETTINGS, outcome) &&
        (call->values >> LG_SETTING_DATA_PROTECTION_REQUESTED & 1))
        cell->vm.vault.settings |= 1u << LG_SETTING_VBS_OPT_OUT;
}

void lg_fault_modify_reaches_other_vm(struct lg_simulator *simulator, const struct lg_call *call,
                                      struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (cell && lg_fault_did(call, LG_CALL_MODIFY_SECURITY_SETTINGS, outcome))
        simulator->host.cells[0].vm.vault.settings = cell->vm.vault.settings;
}

void lg_fault_modify_fails_but_applies(struct lg_simulator *simulator, const struct lg_call *call,
                                       struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    bool refused = call->method == LG_CALL_MODIFY_SECURITY_SETTINGS && !outcome->fault &&
                   outcome->return_value != 0 && outcome->return_value != 4096;
    if (cell && refused && cell->vm.kind != LG_VM_NONE)
        cell->vm.vault.settings =
            (uint8_t)((cell->vm.vault.settings & ~call->present) | call->values);
}

void lg_fault_settings_read_false(struct lg_simulator *simulator, const struct lg_call *call,
                                  struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (call->method == LG_CALL_READ_SECURITY_SETTING && !outcome->fault)
        outcome->fields[LG_SETTING_TPM_ENABLED].from = outcome->fields[LG_SETTING_TPM_ENABLED].to =
            0;
}

/* ---- rights, VMs ---- */

void lg_fault_user_is_let_in(struct lg_simulator *simulator, const struct lg_call *call,
                             struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    bool sets = call->method == LG_CALL_SET_KEY_PROTECTOR && cell;
    uint8_t role = cell ? cell->host.role : 0;
    if (sets)
        cell->host.role = LG_ROLE_ADMINISTRATOR;
    lg_simulator_step(simulator, call, outcome);
    if (sets)
        cell->host.role = role;
}

void lg_fault_destroy_leaves_vm(struct lg_simulator *simulator, const struct lg_call *call,
                                struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    struct lg_vm before;
    if (cell)
        before = cell->vm;
    lg_simulator_step(simulator, call, outcome);
    if (cell && lg_fault_did(call, LG_CALL_DESTROY_SYSTEM, outcome))
        cell->vm = before;
}

void lg_fault_destroy_takes_running(struct lg_simulator *simulator, const struct lg_call *call,
                                    struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    if (cell && call->method == LG_CALL_DESTROY_SYSTEM)
        cell->vm.power = LG_POWER_OFF;
    lg_simulator_step(simulator, call, outcome);
}

static bool is_start(const struct lg_call *call)
{
    return call->method == LG_CALL_VM_REQUEST_STATE_CHANGE && call->requested == 2;
}

void lg_fault_start_promotes_without_tpm(struct lg_simulator *simulator, const struct lg_call *call,
                                         struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (cell && is_start(call) && !outcome->fault && outcome->return_value == 0)
        cell->vm.vault.last_known_good = cell->vm.vault.current;
}

void lg_fault_start_never_promotes(struct lg_simulator *simulator, const struct lg_call *call,
                                   struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    uint16_t before = cell ? cell->vm.vault.last_known_good : 0;
    lg_simulator_step(simulator, call, outcome);
    if (cell && is_start(call))
        cell->vm.vault.last_known_good = before;
}

void lg_fault_start_promotes_once(struct lg_simulator *simulator, const struct lg_call *call,
                                  struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    uint16_t before = cell ? cell->vm.vault.last_known_good : 0;
    lg_simulator_step(simulator, call, outcome);
    if (cell && is_start(call) && before)
        cell->vm.vault.last_known_good = before;
}

static bool failed_start(const struct lg_call *call, const struct lg_outcome *outcome)
{
    return is_start(call) && !outcome->fault && outcome->return_value >= 32768;
}

void lg_fault_failed_start_promotes(struct lg_simulator *simulator, const struct lg_call *call,
                                    struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (cell && failed_start(call, outcome))
        cell->vm.vault.last_known_good = cell->vm.vault.current;
}

void lg_fault_failed_start_restores(struct lg_simulator *simulator, const struct lg_call *call,
                                    struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (cell && failed_start(call, outcome) && cell->vm.vault.last_known_good)
        cell->vm.vault.current = cell->vm.vault.last_known_good;
}

void lg_fault_turn_off_promotes(struct lg_simulator *simulator, const struct lg_call *call,
                                struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (cell && lg_fault_did(call, LG_CALL_VM_REQUEST_STATE_CHANGE, outcome) &&
        call->requested == 3)
        cell->vm.vault.last_known_good = cell->vm.vault.current;
}

void lg_fault_start_ignores_unusable(struct lg_simulator *simulator, const struct lg_call *call,
                                     struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    if (cell && is_start(call))
        memset(cell->vm.unusable, 0, sizeof cell->vm.unusable);
    lg_simulator_step(simulator, call, outcome);
}

void lg_fault_start_says_done_stays_off(struct lg_simulator *simulator, const struct lg_call *call,
                                        struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (cell && is_start(call) && outcome->return_value == 0)
        cell->vm.power = LG_POWER_OFF;
}
