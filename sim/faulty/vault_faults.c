/* Faults of protectors, the last known good one, policies. */
#include <stdlib.h>
#include <string.h>

#include "faults.h"

struct lg_fault_counts *lg_fault_counts_of(const struct lg_simulator *simulator)
{
    static struct lg_fault_counts counts;
    uint32_t host = simulator->host.vm_count > 0 ? simulator->vm_serial[0] : 0;
    if (counts.host != host) {
        memset(&counts, 0, sizeof counts);
        counts.host = host;
    }
    return &counts;
}

struct lg_cell *lg_fault_cell(struct lg_simulator *simulator, const struct lg_call *call)
{
    return call->vm < simulator->host.vm_count ? &simulator->host.cells[call->vm] : NULL;
}

bool lg_fault_did(const struct lg_call *call, uint8_t method, const struct lg_outcome *outcome)
{
    return call->method == method && !outcome->fault && outcome->return_value == 0;
}

static bool is_refused(const struct lg_call *call, uint8_t method, const struct lg_outcome *outcome)
{
    return call->method == method && !outcome->fault && outcome->return_value != 0 &&
           outcome->return_value != 4096;
}

static struct lg_vault *vault_of(struct lg_simulator *simulator, const struct lg_call *call)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    return cell && cell->vm.kind != LG_VM_NONE ? &cell->vm.vault : NULL;
}

void lg_fault_set_forgets(struct lg_simulator *simulator, const struct lg_call *call,
                          struct lg_outcome *outcome)
{
    struct lg_vault *vault = vault_of(simulator, call);
    uint16_t before = vault ? vault->current : 0;
    lg_simulator_step(simulator, call, outcome);
    if (vault && lg_fault_did(call, LG_CALL_SET_KEY_PROTECTOR, outcome))
        vault->current = before;
}

/* Sets other bytes than were asked for. */
static void set_changed(struct lg_simulator *simulator, const struct lg_call *call,
                        struct lg_outcome *outcome, size_t (*change)(uint8_t *bytes, size_t length))
{
    const struct lg_blob *blob = lg_blobs_get(&simulator->blobs, call->symbol);
    struct lg_call changed = *call;
    if (call->method == LG_CALL_SET_KEY_PROTECTOR && blob && call->blob <= LG_BLOB_OPAQUE) {
        uint8_t *bytes = malloc(blob->length + 1);
        if (bytes) {
            memcpy(bytes, blob->bytes, blob->length);
            changed.symbol = lg_blobs_intern(&simulator->blobs, bytes, change(bytes, blob->length));
        }
        free(bytes);
    }
    lg_simulator_step(simulator, &changed, outcome);
}

static size_t cut_at_zero(uint8_t *bytes, size_t length)
{
    size_t end = 4;
    while (end < length && bytes[end])
        end++;
    return end < length ? end : length;
}

void lg_fault_set_cuts_at_zero(struct lg_simulator *simulator, const struct lg_call *call,
                               struct lg_outcome *outcome)
{
    set_changed(simulator, call, outcome, cut_at_zero);
}

static size_t clear_high_bits(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] &= 0x7F;
    return length;
}

void lg_fault_set_clears_high_bits(struct lg_simulator *simulator, const struct lg_call *call,
                                   struct lg_outcome *outcome)
{
    set_changed(simulator, call, outcome, clear_high_bits);
}

static size_t drop_last_odd(uint8_t *bytes, size_t length)
{
    (void)bytes;
    return length - length % 2;
}

void lg_fault_set_drops_last_odd_byte(struct lg_simulator *simulator, const struct lg_call *call,
                                      struct lg_outcome *outcome)
{
    set_changed(simulator, call, outcome, drop_last_odd);
}

static size_t sixteen_bits(uint8_t *bytes, size_t length)
{
    (void)bytes;
    return length & 0xFFFF;
}

void lg_fault_set_length_is_16_bits(struct lg_simulator *simulator, const struct lg_call *call,
                                    struct lg_outcome *outcome)
{
    set_changed(simulator, call, outcome, sixteen_bits);
}

static bool look_the_same(const struct lg_blob *a, const struct lg_blob *b)
{
    return a && b && a->length == b->length && a->length >= 32 &&
           memcmp(a->bytes, b->bytes, 32) == 0;
}

void lg_fault_set_compares_32_bytes(struct lg_simulator *simulator, const struct lg_call *call,
                                    struct lg_outcome *outcome)
{
    struct lg_vault *vault = vault_of(simulator, call);
    struct lg_call changed = *call;
    if (vault && call->method == LG_CALL_SET_KEY_PROTECTOR &&
        look_the_same(lg_blobs_get(&simulator->blobs, vault->current),
                      lg_blobs_get(&simulator->blobs, call->symbol)))
        changed.symbol = vault->current;
    lg_simulator_step(simulator, &changed, outcome);
}

void lg_fault_set_promotes(struct lg_simulator *simulator, const struct lg_call *call,
                           struct lg_outcome *outcome)
{
    struct lg_vault *vault = vault_of(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (vault && lg_fault_did(call, LG_CALL_SET_KEY_PROTECTOR, outcome))
        vault->last_known_good = vault->current;
}

static void forget_after(struct lg_simulator *simulator, const struct lg_call *call,
                         struct lg_outcome *outcome, uint8_t method)
{
    struct lg_vault *vault = vault_of(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (vault && lg_fault_did(call, method, outcome))
        vault->last_known_good = LG_SYMBOL_NONE;
}

void lg_fault_set_clears_last_known_good(struct lg_simulator *simulator, const struct lg_call *call,
                                         struct lg_outcome *outcome)
{
    forget_after(simulator, call, outcome, LG_CALL_SET_KEY_PROTECTOR);
}

void lg_fault_restore_uses_up(struct lg_simulator *simulator, const struct lg_call *call,
                              struct lg_outcome *outcome)
{
    forget_after(simulator, call, outcome, LG_CALL_RESTORE_LAST_KNOWN_GOOD);
}

void lg_fault_policy_clears_last_known_good(struct lg_simulator *simulator,
                                            const struct lg_call *call, struct lg_outcome *outcome)
{
    forget_after(simulator, call, outcome, LG_CALL_SET_SECURITY_POLICY);
}

void lg_fault_modify_clears_last_known_good(struct lg_simulator *simulator,
                                            const struct lg_call *call, struct lg_outcome *outcome)
{
    forget_after(simulator, call, outcome, LG_CALL_MODIFY_SECURITY_SETTINGS);
}

void lg_fault_set_applies_settings(struct lg_simulator *simulator, const struct lg_call *call,
                                   struct lg_outcome *outcome)
{
    struct lg_vault *vault = vault_of(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (vault && lg_fault_did(call, LG_CALL_SET_KEY_PROTECTOR, outcome))
        vault->settings =
            (uint8_t)((vault->settings & ~call->present) | (call->values & call->present));
}

static void turn_off_after(struct lg_simulator *simulator, const struct lg_call *call,
                           struct lg_outcome *outcome, uint8_t method)
{
    struct lg_vault *vault = vault_of(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (vault && lg_fault_did(call, method, outcome))
        vault->settings = 0;
}

void lg_fault_set_resets_settings(struct lg_simulator *simulator, const struct lg_call *call,
                                  struct lg_outcome *outcome)
{
    turn_off_after(simulator, call, outcome, LG_CALL_SET_KEY_PROTECTOR);
}

void lg_fault_restore_resets_settings(struct lg_simulator *simulator, const struct lg_call *call,
                                      struct lg_outcome *outcome)
{
    turn_off_after(simulator, call, outcome, LG_CALL_RESTORE_LAST_KNOWN_GOOD);
}

void lg_fault_set_reaches_other_vm(struct lg_simulator *simulator, const struct lg_call *call,
                                   struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (call->vm > 0 && lg_fault_did(call, LG_CALL_SET_KEY_PROTECTOR, outcome))
        simulator->host.cells[0].vm.vault.current = call->symbol;
}

void lg_fault_set_fails_but_stores(struct lg_simulator *simulator, const struct lg_call *call,
                                   struct lg_outcome *outcome)
{
    struct lg_vault *vault = vault_of(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (vault && is_refused(call, LG_CALL_SET_KEY_PROTECTOR, outcome) && call->symbol)
        vault->current = call->symbol;
}

void lg_fault_get_shows_last_known_good(struct lg_simulator *simulator, const struct lg_call *call,
                                        struct lg_outcome *outcome)
{
    struct lg_vault *vault = vault_of(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (vault && vault->last_known_good && lg_fault_did(call, LG_CALL_GET_KEY_PROTECTOR, outcome)) {
        outcome->symbol = vault->last_known_good;
        outcome->form = LG_BYTES_GIVEN;
    }
}

void lg_fault_get_clears(struct lg_simulator *simulator, const struct lg_call *call,
                         struct lg_outcome *outcome)
{
    struct lg_vault *vault = vault_of(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (vault && lg_fault_did(call, LG_CALL_GET_KEY_PROTECTOR, outcome))
        vault->current = LG_SYMBOL_NONE;
}

void lg_fault_get_shows_first_vm(struct lg_simulator *simulator, const struct lg_call *call,
                                 struct lg_outcome *outcome)
{
    struct lg_call changed = *call;
    if (call->method == LG_CALL_GET_KEY_PROTECTOR && vault_of(simulator, call))
        changed.vm = 0;
    lg_simulator_step(simulator, &changed, outcome);
}

void lg_fault_get_fails_while_unset(struct lg_simulator *simulator, const struct lg_call *call,
                                    struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (lg_fault_did(call, LG_CALL_GET_KEY_PROTECTOR, outcome) && outcome->form != LG_BYTES_GIVEN) {
        outcome->return_value = 32768;
        outcome->answer = LG_ANSWERS_NOTHING;
    }
}

void lg_fault_restore_does_nothing(struct lg_simulator *simulator, const struct lg_call *call,
                                   struct lg_outcome *outcome)
{
    struct lg_vault *vault = vault_of(simulator, call);
    uint16_t before = vault ? vault->current : 0;
    lg_simulator_step(simulator, call, outcome);
    if (vault && lg_fault_did(call, LG_CALL_RESTORE_LAST_KNOWN_GOOD, outcome))
        vault->current = before;
}

void lg_fault_restore_swaps(struct lg_simulator *simulator, const struct lg_call *call,
                            struct lg_outcome *outcome)
{
    struct lg_vault *vault = vault_of(simulator, call);
    uint16_t before = vault ? vault->current : 0;
    lg_simulator_step(simulator, call, outcome);
    if (vault && before && lg_fault_did(call, LG_CALL_RESTORE_LAST_KNOWN_GOOD, outcome))
        vault->last_known_good = before;
}

void lg_fault_restore_reaches_other_vm(struct lg_simulator *simulator, const struct lg_call *call,
                                       struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    for (unsigned i = 0; lg_fault_did(call, LG_CALL_RESTORE_LAST_KNOWN_GOOD, outcome) &&
                         i < simulator->host.vm_count;
         i++) {
        struct lg_vault *vault = &simulator->host.cells[i].vm.vault;
        if (vault->last_known_good)
            vault->current = vault->last_known_good;
    }
}

void lg_fault_policy_clears_protector(struct lg_simulator *simulator, const struct lg_call *call,
                                      struct lg_outcome *outcome)
{
    struct lg_vault *vault = vault_of(simulator, call);
    lg_simulator_step(simulator, call, outcome);
    if (vault && lg_fault_did(call, LG_CALL_SET_SECURITY_POLICY, outcome))
        vault->current = LG_SYMBOL_NONE;
}

/* The cells lose what a restart may not take. */
void lg_fault_restart_loses_protector(struct lg_simulator *simulator, const struct lg_call *call,
                                      struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    for (unsigned i = 0; call->method == LG_CALL_PROVIDER_STOPS && i < simulator->host.vm_count;
         i++)
        simulator->host.cells[i].vm.vault.current = LG_SYMBOL_NONE;
}
