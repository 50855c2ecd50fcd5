/* Traces: one sequence of calls, what was answered, by whom and when; in memory, as bytes, and
 * (trace_json.h) as JSON. */
#ifndef LG_TRACE_H
#define LG_TRACE_H

#include "blob.h"
#include "oracle.h"

/* The version of every format that holds traces; a reader refuses a later one. */
enum { LG_TRACE_FORMAT = 1 };

/* Draws recorded with a step, for a target that takes them. */
enum { LG_TRACE_CHOICES_MAX = 16 };

enum lg_trace_reply {
    LG_REPLY_NONE, /* a script: the call has not been made */
    LG_REPLY_SEEN,
    LG_REPLY_LOST /* the call was made, no answer came */
};

struct lg_trace_step {
    struct lg_call call;
    struct lg_outcome seen;
    uint64_t sent; /* microseconds of a monotonic clock; 0 with answered 0: not recorded */
    uint64_t answered;
    uint16_t client;
    uint8_t reply;
    uint8_t choice_count;
    uint8_t choices[LG_TRACE_CHOICES_MAX];
};

/* Bytes of one step in the bytes form. A script is steps of this size from the front and a tape
 * behind them. */
enum { LG_STEP_BYTES = 18, LG_SCRIPT_STEPS_MAX = 4096 };

/* Decodes any bytes: floor(length / 2 / LG_STEP_BYTES) steps at the front, the rest is the tape.
 * Every value is reduced to what its member can hold, VMs to the first four, symbols to the
 * materials. Returns the number of steps, at most `max`; *tape is where the tape begins. */
size_t lg_script_decode(const uint8_t *bytes, size_t length, struct lg_call *calls, size_t max,
                        size_t *tape);

/* The inverse: LG_STEP_BYTES * count bytes, then the tape, then as many zeros as are needed for the
 * steps to be half. Returns the length needed; writes nothing if it exceeds `capacity`. Only calls
 * as lg_script_decode makes them survive; lg_script_canonical says whether one is. */
size_t lg_script_encode(const struct lg_call *calls, size_t count, const uint8_t *tape,
                        size_t tape_length, uint8_t *bytes, size_t capacity);
void lg_script_call_bytes(const struct lg_call *call, uint8_t bytes[LG_STEP_BYTES]);
void lg_script_call(const uint8_t bytes[LG_STEP_BYTES], struct lg_call *call);
bool lg_script_canonical(const struct lg_call *call);

/* Texts of SecuritySettingData that scripts name (texts.def). */
enum lg_text_id {
#define LG_TEXT(name, shape, flags) LG_TEXT_IS_##name,
#include "texts.def"
#undef LG_TEXT
    LG_TEXT_COUNT
};
struct lg_text_row {
    const char *name;
    uint8_t shape;
    uint8_t flags;
};
extern const struct lg_text_row lg_texts[LG_TEXT_COUNT];

/* Sets what a text is to the model. */
void lg_call_set_text(struct lg_call *call, enum lg_text_id text);

#endif
