/* Faults of what is read, and of what is looked at before a call is carried out. */
#include "planted.h"

static void answer_bytes(struct lg_planted_turn *turn, uint16_t symbol)
{
    turn->outcome->form = LG_BYTES_GIVEN;
    turn->outcome->symbol = symbol;
}

static bool got_bytes(const struct lg_planted_turn *turn)
{
    return turn->call.method == LG_CALL_GET_KEY_PROTECTOR && !turn->outcome->fault &&
           turn->outcome->answer == LG_ANSWERS_BYTES;
}

/* symbol: what was answered last; none after a change. */
static void answer_from_cache(struct lg_planted_turn *turn, struct lg_planted_memory *cache)
{
    if (lg_planted_did(turn, LG_CALL_SET_KEY_PROTECTOR))
        cache->symbol = LG_SYMBOL_NONE;
    if (!got_bytes(turn))
        return;
    if (cache->symbol)
        answer_bytes(turn, cache->symbol);
    cache->symbol = turn->outcome->symbol;
}

void lg_planted_get_cached_for_all(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    answer_from_cache(turn, lg_planted_memory_of(turn->simulator, LG_VM_HOST));
}

void lg_planted_get_stale_after_restore(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    answer_from_cache(turn, turn->memory);
}

static void show(struct lg_planted_turn *turn, enum lg_element_field field, unsigned value)
{
    turn->outcome->fields[field].from = value & 1;
    turn->outcome->fields[field].to = value & 1;
}

void lg_planted_element_shows_requested(struct lg_planted_turn *turn)
{
    unsigned settings = turn->cell->vm.vault.settings;
    lg_planted_carry_out(turn);
    if (turn->call.method != LG_CALL_READ_SECURITY_ELEMENT || turn->outcome->fault)
        return;
    show(turn, LG_ELEMENT_FIELD_SHIELDED, settings >> LG_SETTING_SHIELDING_REQUESTED);
    show(turn, LG_ELEMENT_FIELD_ENCRYPTED, settings >> LG_SETTING_ENCRYPT_STATE);
}

/* flag: a caller with rights was here. */
void lg_planted_rights_kept(struct lg_planted_turn *turn)
{
    struct lg_host_word *host = &turn->cell->host;
    uint8_t role = host->role;
    if (lg_methods[turn->call.method].target != LG_TARGET_SERVICE || turn->call.vm == LG_VM_HOST) {
        lg_planted_carry_out(turn);
        return;
    }
    if (turn->memory->flag)
        host->role = LG_ROLE_ADMINISTRATOR;
    lg_planted_carry_out(turn);
    turn->memory->flag = host->role != LG_ROLE_USER;
    host->role = role;
}

/* count: the error of the call before. */
void lg_planted_error_sticks(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (lg_methods[turn->call.method].target != LG_TARGET_SERVICE || turn->outcome->fault)
        return;
    if (lg_planted_refused(turn)) {
        turn->memory->count = turn->outcome->return_value;
        return;
    }
    if (turn->memory->count)
        lg_planted_answer(turn, turn->memory->count);
    turn->memory->count = 0;
}
