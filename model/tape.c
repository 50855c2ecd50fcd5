/* Choices: profiles, tapes, readings. */
#include <string.h>

#include "bits.h"
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
    tape->seen = NULL;
    tape->bytes = bytes;
    tape->length = length;
    tape->next = 0;
    tape->fixed = 0;
    tape->count = 0;
    tape->overflow = 0;
    tape->jobs_go_on = 0;
    tape->progressed = 0;
    tape->dead = 0;
}

bool lg_tape_advance(struct lg_tape *tape)
{
    unsigned last = tape->count;
    while (last > 0 && tape->draws[last - 1].rest == 0)
        last--;
    tape->count = 0;
    tape->next = 0;
    tape->dead = 0;
    tape->fixed = (uint8_t)last;
    if (last == 0)
        return false;
    struct lg_draw *at = &tape->draws[last - 1];
    at->alternative = (uint8_t)__builtin_ctz(at->rest);
    at->rest = (uint16_t)(at->rest & (at->rest - 1));
    return true;
}

uint8_t lg_tape_byte(struct lg_tape *tape)
{
    return tape->next < tape->length ? tape->bytes[tape->next++] : 0;
}

/* The alternative that the next byte names; the odometer walks those after it. */
static void draw_new(struct lg_tape *tape, struct lg_draw *at, uint16_t mask)
{
    unsigned skipped = 0;
    if (tape->length > 0 && (mask & (mask - 1)))
        skipped = lg_tape_byte(tape) % lg_bits_count(mask);
    mask = (uint16_t)lg_bits_after(mask, skipped);
    at->alternative = (uint8_t)__builtin_ctz(mask);
    at->rest = (uint16_t)lg_bits_after(mask, 1);
}

/* One of the allowed alternatives that are viable: by the odometer, the bytes, or the first. */
static unsigned draw(struct lg_tape *tape, enum lg_site site, uint16_t slot, uint16_t allowed,
                     unsigned viable)
{
    uint16_t mask = (uint16_t)(allowed & viable);
    tape->dead |= mask == 0;
    if (tape->dead || (allowed & (allowed - 1)) == 0)
        return (unsigned)__builtin_ctz(allowed);
    if (tape->count >= LG_DRAWS_MAX) {
        tape->overflow = 1;
        return (unsigned)__builtin_ctz(mask);
    }
    struct lg_draw *at = &tape->draws[tape->count];
    if (tape->count >= tape->fixed)
        draw_new(tape, at, mask);
    at->slot = slot;
    at->site = (uint8_t)site;
    at->allowed = allowed;
    tape->count++;
    return at->alternative;
}

/* The alternatives of a reading that are left: the one that was drawn before in this step, or what
 * profile and readings leave. */
static uint16_t left_of_reading(const struct lg_tape *tape, uint16_t slot)
{
    uint16_t left = tape->profile->allowed[slot];
    if (tape->readings)
        left = (uint16_t)(left & ~tape->readings->out[slot]);
    if ((left & (left - 1)) == 0)
        return left;
    for (unsigned i = 0; i < tape->count; i++)
        if (tape->draws[i].slot == slot)
            return bit(tape->draws[i].alternative);
    return left;
}

unsigned lg_choose_viable(struct lg_tape *tape, enum lg_site site, unsigned key, unsigned viable)
{
    const struct lg_site_row *row = &lg_sites[site];
    uint16_t slot = (uint16_t)(row->slot + key);
    lg_assert(key < row->slots);

    uint16_t left = tape->profile->allowed[slot];
    if (row->scope == LG_SCOPE_READING)
        left = left_of_reading(tape, slot);
    return left ? draw(tape, site, slot, left, viable) : 0;
}

unsigned lg_choose(struct lg_tape *tape, enum lg_site site, unsigned key)
{
    return lg_choose_viable(tape, site, key, ~0u);
}

unsigned lg_choose_among(struct lg_tape *tape, enum lg_site site, unsigned count, unsigned viable)
{
    uint16_t slot = lg_sites[site].slot;
    uint16_t allowed = tape->profile->allowed[slot] & (uint16_t)(bit(count) - 1);
    return allowed ? draw(tape, site, slot, allowed, viable) : 0;
}

bool lg_tape_allows(const struct lg_tape *tape, enum lg_site site, unsigned alternative)
{
    return tape->profile->allowed[lg_sites[site].slot] & bit(alternative);
}

uint16_t lg_reading_left(const struct lg_tape *tape, enum lg_site site, unsigned key)
{
    return left_of_reading(tape, (uint16_t)(lg_sites[site].slot + key));
}

bool lg_readings_learn(struct lg_readings *readings, const struct lg_tape *tape)
{
    bool learnt = false;
    for (unsigned i = 0; i < tape->count; i++) {
        const struct lg_draw *drawn = &tape->draws[i];
        if (lg_sites[drawn->site].scope != LG_SCOPE_READING)
            continue;
        readings->out[drawn->slot] |= (uint16_t)(drawn->allowed & ~bit(drawn->alternative));
        learnt = true;
    }
    return learnt;
}
