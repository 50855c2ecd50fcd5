/* Faults that depend on what the bytes of an argument are. */
#include "planted.h"

enum { READ_BYTES = 4096, REFUSED_FROM_BYTES = 65536 };

static const struct lg_blob *blob_of(const struct lg_planted_turn *turn, uint16_t symbol)
{
    return lg_blobs_get(&turn->simulator->blobs, symbol);
}

/* The symbol of the first bytes of another one; none is left of an empty one. */
static uint16_t cut(struct lg_planted_turn *turn, uint16_t symbol, size_t length)
{
    const struct lg_blob *blob = blob_of(turn, symbol);
    if (!blob || length >= blob->length)
        return symbol;
    return length ? lg_blobs_intern(&turn->simulator->blobs, blob->bytes, length) : LG_SYMBOL_NONE;
}

void lg_planted_bytes_refused_from_64k(struct lg_planted_turn *turn)
{
    const struct lg_blob *blob = blob_of(turn, turn->call.symbol);
    if (lg_planted_is_plain(turn, LG_CALL_SET_KEY_PROTECTOR) && blob &&
        blob->length >= REFUSED_FROM_BYTES)
        lg_planted_answer(turn, lg_code_of(LG_CALL_SET_KEY_PROTECTOR, LG_MEANING_OUT_OF_MEMORY));
    else
        lg_planted_carry_out(turn);
}

void lg_planted_bytes_read_up_to_4096(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (turn->outcome->answer == LG_ANSWERS_BYTES && turn->outcome->form == LG_BYTES_GIVEN)
        turn->outcome->symbol = cut(turn, turn->outcome->symbol, READ_BYTES);
}

void lg_planted_bytes_of_wrong_type(struct lg_planted_turn *turn)
{
    if (lg_planted_is_plain(turn, LG_CALL_SET_KEY_PROTECTOR) &&
        turn->call.blob == LG_BLOB_WRONG_TYPE)
        lg_planted_answer(turn, 0);
    else
        lg_planted_carry_out(turn);
}
