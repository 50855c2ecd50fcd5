/* Choices: profiles, tapes, readings. */
#include <string.h>

#include "lastgood.h"

static uint16_t bit(unsigned alternative)
{
    return (uint16_t)(1u << alternative);
}

static uint16_t admitted(uint16_t slot, enum lg_tag also)
{
    uint16_t mask = 0;
    unsigned count = lg_slot_alternatives(slot);
    for (unsigned i = 0; i < count; i++)
        if (lg_slot_tag(slot, i) <= also)
            mask |= bit(i);
    return mask;
}

void lg_profile_pin(struct lg_profile *profile, enum lg_site site, unsigned alternative)
{
    for (unsigned i = 0; i < lg_sites[site].slots; i++) {
        uint16_t slot = (uint16_t)(lg_sites[site].slot + i);
        unsigned count = lg_slot_alternatives(slot);
        if (count > 0)
            profile->allowed[slot] = bit(alternative < count ? alternative : 0);
    }
}

void lg_profile_load(struct lg_profile *profile, enum lg_profile_id id, enum lg_tag also)
{
    for (uint16_t slot = 0; slot < LG_SLOT_COUNT; slot++)
        profile->allowed[slot] = admitted(slot, also);
    for (size_t i = 0; i < lg_pin_count; i++)
        if (lg_pins[i].profile == id)
            lg_profile_pin(profile, lg_pins[i].site, lg_pins[i].alternative);
}

void lg_tape_start(struct lg_tape *tape, const struct lg_profile *profile,
                   const struct lg_readings *readings, const uint8_t *bytes, uint32_t length)
{
    tape->profile = profile;
    tape->readings = readings;
    tape->bytes = bytes;
    tape->length = length;
    tape->next = 0;
    tape->fixed = 0;
    tape->count = 0;
    tape->overflow = 0;
    tape->unused = 0;
}

bool lg_tape_advance(struct lg_tape *tape)
{
    unsigned last = tape->count;
    while (last > 0 && tape->draws[last - 1].choice + 1 >= tape->draws[last - 1].choices)
        last--;
    tape->count = 0;
    tape->next = 0;
    tape->fixed = (uint8_t)last;
    if (last == 0)
        return false;
    tape->draws[last - 1].choice++;
    return true;
}

uint8_t lg_tape_byte(struct lg_tape *tape)
{
    return tape->next < tape->length ? tape->bytes[tape->next++] : 0;
}

/* The how-manieth of `choices` is taken: by the odometer, the bytes, or 0. */
static unsigned draw(struct lg_tape *tape, enum lg_site site, uint16_t slot, unsigned choices)
{
    if (tape->count >= LG_DRAWS_MAX) {
        tape->overflow = 1;
        return 0;
    }
    struct lg_draw *at = &tape->draws[tape->count];
    if (tape->count >= tape->fixed)
        at->choice = choices > 1 ? (uint8_t)(lg_tape_byte(tape) % choices) : 0;
    at->slot = slot;
    at->site = (uint8_t)site;
    at->choices = (uint8_t)choices;
    tape->count++;
    return at->choice;
}

static unsigned count_bits(uint16_t mask)
{
    unsigned count = 0;
    for (; mask; mask &= (uint16_t)(mask - 1))
        count++;
    return count;
}

static unsigned nth_bit(uint16_t mask, unsigned n)
{
    while (n-- > 0)
        mask &= (uint16_t)(mask - 1);
    return (unsigned)__builtin_ctz(mask);
}

unsigned lg_choose(struct lg_tape *tape, enum lg_site site, unsigned key)
{
    const struct lg_site_row *row = &lg_sites[site];
    uint16_t slot = (uint16_t)(row->slot + key);
    lg_assert(key < row->slots);

    if (row->scope == LG_SCOPE_READING) {
        if (tape->readings && tape->readings->bound[slot])
            return tape->readings->bound[slot] - 1u;
        for (unsigned i = 0; i < tape->count; i++)
            if (tape->draws[i].slot == slot)
                return tape->draws[i].alternative;
    }
    uint16_t allowed = tape->profile->allowed[slot];
    if (allowed == 0)
        return 0;
    unsigned before = tape->count;
    unsigned taken = nth_bit(allowed, draw(tape, site, slot, count_bits(allowed)));
    if (tape->count > before)
        tape->draws[before].alternative = (uint8_t)taken;
    return taken;
}

unsigned lg_choose_among(struct lg_tape *tape, enum lg_site site, unsigned count)
{
    uint16_t slot = lg_sites[site].slot;
    uint16_t allowed = tape->profile->allowed[slot] & (uint16_t)(bit(count) - 1);
    if (count <= 1 || (allowed & (allowed - 1)) == 0)
        return allowed ? (unsigned)__builtin_ctz(allowed) : 0;
    unsigned before = tape->count;
    unsigned taken = nth_bit(allowed, draw(tape, site, slot, count_bits(allowed)));
    if (tape->count > before)
        tape->draws[before].alternative = (uint8_t)taken;
    return taken;
}

bool lg_tape_allows(const struct lg_tape *tape, enum lg_site site, unsigned alternative)
{
    return tape->profile->allowed[lg_sites[site].slot] & bit(alternative);
}

bool lg_readings_learn(struct lg_readings *readings, const struct lg_tape *tape)
{
    bool learnt = false;
    for (unsigned i = 0; i < tape->count; i++) {
        const struct lg_draw *drawn = &tape->draws[i];
        if (lg_sites[drawn->site].scope != LG_SCOPE_READING || readings->bound[drawn->slot])
            continue;
        readings->bound[drawn->slot] = (uint8_t)(drawn->alternative + 1);
        learnt = true;
    }
    return learnt;
}
