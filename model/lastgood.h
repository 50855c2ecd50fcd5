/* lastgood: the reference model of the Hyper-V security service.
 *
 * One function, lg_step, holds the behaviour. It is total: every call on every valid cell under
 * every tape gives an outcome. It has no clock, no randomness, no I/O and no memory of its own: the
 * world is calls and tape.
 *
 * Units: times are milliseconds. Ownership: every struct belongs to the caller; nothing points into
 * a cell. */
#ifndef LASTGOOD_H
#define LASTGOOD_H

#include "tables.h"

/* ---- cells ---- */

/* Bytes are symbols: 0 is "none", others name the bytes in a table that the caller keeps (blob.h).
 */
enum { LG_SYMBOL_NONE = 0 };

enum lg_role { LG_ROLE_ADMINISTRATOR, LG_ROLE_HYPERV_ADMINISTRATOR, LG_ROLE_USER, LG_ROLE_COUNT };
enum lg_host_version {
    LG_HOST_2016,
    LG_HOST_2019,
    LG_HOST_2022,
    LG_HOST_2025,
    LG_HOST_BELOW, /* before the pages' minimum: the class is absent */
    LG_HOST_VERSION_COUNT
};
enum lg_host_flag {
    LG_HOST_NO_TPM = 1,       /* cannot run virtual TPMs */
    LG_HOST_GUARDED = 2,      /* a guardian service decides which protectors open */
    LG_HOST_UNCONTROLLED = 4, /* a real host: its environment may fail at any time */
    LG_HOST_PROVIDER_DOWN = 8,
    LG_HOST_SERVICE_STOPPED = 16 /* StopService answered 0 */
};

/* The same in every cell of a host. Now is an interval: on a virtual clock both ends are equal. */
struct lg_host_word {
    uint64_t now_from;
    uint64_t now_to;
    uint32_t armed; /* causes that events armed: bit m for meaning m */
    uint8_t role;
    uint8_t version;
    uint8_t flags;
    uint8_t unused;
};

enum lg_vm_kind { LG_VM_NONE, LG_VM_REALIZED, LG_VM_PLANNED };
enum lg_power { LG_POWER_OFF, LG_POWER_RUNNING, LG_POWER_PAUSED, LG_POWER_SAVED, LG_POWER_COUNT };

/* The vault's members. A checkpoint and an export hold one each. */
struct lg_vault {
    uint16_t current;
    uint16_t last_known_good;
    uint16_t policy;
    uint16_t seal; /* the protector that the TPM state is sealed with */
    uint8_t settings;
    uint8_t unused;
};

enum lg_vm_flag {
    LG_VM_HELD = 1, /* an operation outside the model holds the VM */
    LG_VM_HAS_CHECKPOINT = 2,
    LG_VM_HAS_EXPORT = 4,
    LG_VM_SHIELDED = 8, /* in effect since the last start */
    LG_VM_ENCRYPTED = 16,
    LG_VM_OLD_VERSION = 32,     /* a configuration version without shielding */
    LG_VM_OWNERS_FORGOTTEN = 64 /* more protectors shared an owner than there was room for */
};

struct lg_vm {
    uint8_t kind;
    uint8_t power;
    uint8_t generation; /* 1 or 2 */
    uint8_t flags;
    struct lg_vault vault;
    struct lg_vault checkpoint;
    struct lg_vault image;
    uint16_t started_with;              /* the protector of the last start */
    uint16_t unseen;                    /* symbols made so far for bytes that nobody has seen */
    uint16_t unusable[LG_UNUSABLE_MAX]; /* sorted, 0 at the end */
    uint16_t same_owner[LG_OWNER_PAIRS_MAX][2]; /* smaller symbol first, sorted, 0 at the end */
    uint16_t unused;
};

/* In the order in which a job may pass through the live ones. */
enum lg_job_state {
    LG_JOB_FREE, /* no job in this slot */
    LG_JOB_NEW,
    LG_JOB_STARTING,
    LG_JOB_RUNNING,
    LG_JOB_SUSPENDED,
    LG_JOB_SERVICE,
    LG_JOB_SHUTTING_DOWN,
    LG_JOB_COMPLETED,
    LG_JOB_COMPLETED_WITH_WARNINGS,
    LG_JOB_TERMINATED,
    LG_JOB_KILLED,
    LG_JOB_EXCEPTION,
    LG_JOB_STATE_COUNT
};

enum lg_job_flag {
    LG_JOB_TOOK_EFFECT = 1,
    LG_JOB_WILL_FAIL = 2,      /* error holds the code it will end with */
    LG_JOB_WILL_TERMINATE = 4, /* a client asked for it */
    LG_JOB_MOVED = 8, /* its state may have changed since TimeOfLastStateChange was last seen */
    LG_JOB_ERROR_OPEN = 16,     /* error holds an enum lg_cause: its code was not seen yet */
    LG_JOB_WILL_BE_KILLED = 32, /* with WILL_TERMINATE: Kill, not Terminate */
    LG_JOB_END_SEEN = 64,       /* its final state was observed */
    LG_JOB_STRAY = 128          /* of a call whose text names no VM: it is in nobody's way */
};

struct lg_job {
    uint64_t ended_from;     /* last seen alive */
    uint64_t ended_to;       /* first seen ended; meaningless while alive */
    uint64_t seen_change;    /* TimeOfLastStateChange as last seen, by the target's clock, and one
                                more;    0 if never */
    uint64_t seen_submitted; /* so is TimeSubmitted */
    uint64_t seen_elapsed;
    uint32_t error; /* what ErrorCode shows at the end; error_to > error for a range */
    uint32_t error_to;
    uint16_t name; /* the caller's name for it, 0 if it has none yet */
    uint16_t argument;
    uint16_t requested; /* a power job's RequestedState */
    uint8_t method;
    uint8_t state; /* the earliest that it can be in */
    uint8_t flags;
    uint8_t percent; /* the highest seen */
    uint8_t present; /* settings to change, and to what */
    uint8_t values;
    uint8_t type; /* alternative of job_type */
    uint8_t unused[3];
};

/* The unit that is stepped, copied, hashed and kept in sets. Zero is a host of 2016 without a VM.
 * No padding. */
struct lg_cell {
    struct lg_host_word host;
    struct lg_vm vm;
    struct lg_job jobs[LG_JOB_SLOTS]; /* in order of creation */
};
_Static_assert(sizeof(struct lg_cell) <= LG_CELL_BYTES_MAX, "a cell is copied at each step");
_Static_assert(sizeof(struct lg_cell) == 24 + 88 + 64 * LG_JOB_SLOTS,
               "equality is memcmp: no padding");

/* ---- calls ---- */

/* What became of the text of SecuritySettingData before the model sees it. */
enum lg_setting_shape {
    LG_TEXT_WELL_FORMED,
    LG_TEXT_MISSING,   /* Null or empty */
    LG_TEXT_MALFORMED, /* no XML, truncated, MOF, no instance, two instances */
    LG_TEXT_OTHER_CLASS,
    LG_TEXT_SHAPE_COUNT
};
enum lg_setting_flag {
    LG_TEXT_TOO_LONG = 1,
    LG_TEXT_DUPLICATE = 2,
    LG_TEXT_WRONG_TYPE = 4,
    LG_TEXT_UNKNOWN_PROPERTY = 8,
    LG_TEXT_HUGE = 16 /* beyond a mebibyte */
};
enum lg_identity {
    LG_ID_EXACT,
    LG_ID_OTHER_CASE,
    LG_ID_WITHOUT_LAST_PART,
    LG_ID_MISSING,
    LG_ID_UNKNOWN,    /* names no VM; the call goes to any cell, which treats it as unknown */
    LG_ID_CHECKPOINT, /* the settings of a checkpoint */
    LG_ID_DEFINITION, /* a template of the default settings */
    LG_IDENTITY_COUNT
};

/* What the bytes look like from outside (blob.h says how they are classified). */
enum lg_blob_shape {
    LG_BLOB_PLAIN,  /* four or more bytes whose first four tell the length */
    LG_BLOB_OPAQUE, /* four or more bytes that do not */
    LG_BLOB_EMPTY,
    LG_BLOB_SHORT,    /* one to three bytes */
    LG_BLOB_UNSET,    /* 00 00 00 04, what a VM without a protector shows */
    LG_BLOB_TOO_LONG, /* above LG_BLOB_BYTES_MAX */
    LG_BLOB_NULL,
    LG_BLOB_WRONG_TYPE, /* no array of bytes at all */
    LG_BLOB_SHAPE_COUNT
};

enum lg_timeout_shape {
    LG_TIMEOUT_NONE,
    LG_TIMEOUT_GIVEN,
    LG_TIMEOUT_MALFORMED,
    LG_TIMEOUT_SHAPE_COUNT
};

/* The index for calls and events of the host itself. */
enum { LG_VM_HOST = 0xFFFF };

/* One call, read or event. Members that the method does not have are zero. */
struct lg_call {
    uint64_t amount;       /* TIME_PASSES: milliseconds */
    struct lg_vault image; /* VM_IMPORTED: what the export held */
    uint16_t vm;           /* index of the cell */
    uint16_t job;          /* name of the job, for methods of a job */
    uint16_t new_job;      /* the name for a job that this call may start */
    uint16_t symbol;       /* KeyProtector, SecurityPolicy, or the protector of an event */
    uint16_t other; /* PROTECTORS_SHARE_OWNER: the second protector; VM_IMPORTED: the VM exported */
    uint16_t requested; /* RequestedState; events: role, host version, meaning, generation */
    uint8_t method;
    uint8_t setting; /* enum lg_setting_shape */
    uint8_t setting_flags;
    uint8_t identity;
    uint8_t blob; /* enum lg_blob_shape */
    uint8_t timeout;
    uint8_t present; /* settings given, bit by enum lg_setting */
    uint8_t values;
    uint8_t flags; /* events: LG_HOST_x or LG_VM_x flags */
    uint8_t text;  /* which of texts.def realises the setting, for whoever must write it */
};

/* ---- outcomes ---- */

/* What a read shows. The trace layer maps these to properties by classes.def. */
/* A value, or what a value may be: from..to, or one of the bits of `from`. */
struct lg_field {
    uint64_t from;
    uint64_t to;
};

/* Fields of what reads show, by class; classes.def maps them to properties. */
enum lg_job_field {
    LG_JOB_FIELD_STATE,
    LG_JOB_FIELD_ERROR_CODE,
    LG_JOB_FIELD_PERCENT,
    LG_JOB_FIELD_CANCELLABLE,
    LG_JOB_FIELD_OPERATIONAL_STATUS,
    LG_JOB_FIELD_TYPE,
    LG_JOB_FIELD_CHANGE,
    LG_JOB_FIELD_SUBMITTED,
    LG_JOB_FIELD_ELAPSED,
    LG_JOB_FIELD_ERROR_TEXT,
    LG_JOB_FIELD_AFFECTED
};
enum lg_vm_field {
    LG_VM_FIELD_ENABLED_STATE,
    LG_VM_FIELD_REQUESTED_STATE,
    LG_VM_FIELD_OPERATIONAL_STATUS
};
enum lg_system_setting_field {
    LG_SYSTEM_FIELD_GENERATION,
    LG_SYSTEM_FIELD_PLANNED,
    LG_SYSTEM_FIELD_VERSION
};
enum lg_element_field { LG_ELEMENT_FIELD_SHIELDED, LG_ELEMENT_FIELD_ENCRYPTED };
enum lg_tpm_field {
    LG_TPM_FIELD_SHIELDED,
    LG_TPM_FIELD_DATA_PROTECTED,
    LG_TPM_FIELD_ENABLED_STATE,
    LG_TPM_FIELD_PROTECTOR,
    LG_TPM_FIELD_LAST_KNOWN_GOOD
};
enum lg_service_field { LG_SERVICE_FIELD_STARTED };
enum lg_inspect_field {
    LG_INSPECT_FIELD_CURRENT,
    LG_INSPECT_FIELD_LAST_KNOWN_GOOD,
    LG_INSPECT_FIELD_POLICY
};

enum lg_answer_kind {
    LG_ANSWERS_NOTHING,
    LG_ANSWERS_BYTES,    /* KeyProtector */
    LG_ANSWERS_JOB,      /* a reference to a job */
    LG_ANSWERS_INSTANCE, /* the properties of one instance */
    LG_ANSWERS_LIST,     /* names of instances */
    LG_ANSWERS_ERROR,    /* the text of GetError, or Null */
    LG_ANSWERS_VM        /* ResultingSystem */
};

enum lg_bytes_form { LG_BYTES_GIVEN, LG_BYTES_NULL, LG_BYTES_NONE, LG_BYTES_UNSET };

/* Both what a call may answer (a pattern) and what one did answer. A pattern's ranges become single
 * values in an observation; a field that was not shown is not compared. */
struct lg_outcome {
    uint32_t return_value; /* lowest; return_to is the highest allowed */
    uint32_t return_to;
    uint16_t job;    /* name of the job started */
    uint16_t symbol; /* LG_ANSWERS_BYTES */
    uint16_t clause; /* what decided: enum lg_clause */
    uint16_t cause;  /* enum lg_cause + 1 where the call was refused */
    uint8_t fault;   /* enum lg_fault: WMI itself refused, the rest is empty */
    uint8_t answer;  /* enum lg_answer_kind */
    uint8_t form;    /* enum lg_bytes_form; of LG_ANSWERS_ERROR: 1 a text, 0 Null */
    uint8_t deviant; /* a property that shows what its page rules out, its index + 1; never in a
                        pattern */
    uint8_t list_count;
    uint8_t list_open; /* the list may hold more: records that nobody could enumerate */
    uint16_t shown;    /* fields that are there, bit by index */
    uint16_t masks;    /* those of them that are masks */
    uint16_t unseen;   /* those of them that are symbols of bytes nobody has seen */
    uint16_t nulls;    /* fields that are there and tell nothing; never in a pattern */
    uint16_t list[LG_LIST_MAX];
    struct lg_field fields[LG_FIELDS_MAX];
    uint64_t lacking; /* properties that a message left out, by place in their class */
};

/* ---- tapes ---- */

/* What a profile leaves of each slot: the bits of the alternatives it allows. */
struct lg_profile {
    uint16_t allowed[LG_SLOT_COUNT];
};

/* What is known of a target's readings: the alternatives ruled out, bit by alternative. Zero:
 * nothing. One that has a single alternative left is bound. */
struct lg_readings {
    uint16_t out[LG_SLOT_COUNT];
};

struct lg_draw {
    uint16_t slot;
    uint16_t rest;    /* alternatives that the odometer has yet to walk, bit by alternative */
    uint16_t allowed; /* by the profile and what is known */
    uint8_t alternative;
    uint8_t site;
};

/* Where choices come from. First the draws that are fixed (an odometer's position), then the bytes,
 * then zeros. */
struct lg_tape {
    const struct lg_profile *profile;
    const struct lg_readings *readings; /* NULL: nothing is known */
    const struct lg_outcome *seen; /* what was answered, so that ways that cannot lead there are not
                                      walked; NULL: any answer will do */
    const uint8_t *bytes;
    uint32_t length;
    uint32_t next;
    uint8_t fixed;
    uint8_t count;
    uint8_t overflow;   /* more than LG_DRAWS_MAX draws: the rest was 0 */
    uint8_t jobs_go_on; /* no job has done anything by the time of the call */
    uint8_t progressed; /* how many of the draws said how far jobs are */
    uint8_t dead;       /* this way does not lead to `seen`: the step's results mean nothing */
    struct lg_draw draws[LG_DRAWS_MAX];
};

/* Fills what a profile allows. `also` is the highest tag admitted beside conforms: LG_TAG_VIOLATES
 * serves only to explain a violation. A pinned slot holds its alternative whatever its tag. */
void lg_profile_load(struct lg_profile *profile, enum lg_profile_id id, enum lg_tag also);

/* Leaves one alternative of every slot of a site. */
void lg_profile_pin(struct lg_profile *profile, enum lg_site site, unsigned alternative);

void lg_tape_start(struct lg_tape *tape, const struct lg_profile *profile,
                   const struct lg_readings *readings, const uint8_t *bytes, uint32_t length);

/* The next position of the odometer; false when all were walked. */
bool lg_tape_advance(struct lg_tape *tape);

/* Draws: the alternative taken at the site, for this key. Reading sites keep to what is bound. */
unsigned lg_choose(struct lg_tape *tape, enum lg_site site, unsigned key);

/* The same where only some alternatives can lead to what was seen, bit by alternative. A reading is
 * drawn among all of them still: it is bound where not every one explains. The tape is dead when
 * none is left. */
unsigned lg_choose_viable(struct lg_tape *tape, enum lg_site site, unsigned key, unsigned viable);

/* Draws one of the first `count` alternatives of a site without a key; count >= 1. */
unsigned lg_choose_among(struct lg_tape *tape, enum lg_site site, unsigned count, unsigned viable);

/* One byte of the tape, 0 beyond its end. */
uint8_t lg_tape_byte(struct lg_tape *tape);

/* Whether the profile leaves an alternative of a site without a key; for freedoms that a pattern
 * carries. */
bool lg_tape_allows(const struct lg_tape *tape, enum lg_site site, unsigned alternative);

/* The alternatives of a reading that are left, bit by alternative. */
uint16_t lg_reading_left(const struct lg_tape *tape, enum lg_site site, unsigned key);

/* Adds the readings that a step bound. Returns whether there were any. */
bool lg_readings_learn(struct lg_readings *readings, const struct lg_tape *tape);

/* ---- the step ---- */

/* Carries out one call: changes the cell, fills the outcome with what may be answered.
 *
 * record: the job that the call names when it is no longer in the cell, or NULL. Ended jobs are
 * immutable, so it is not changed. evicted: where to put a job that had to leave its slot, its
 * state LG_JOB_FREE if none did. Freedoms are drawn in the order of the phases: progress of jobs,
 * checks, place of the answer, change. Cannot fail. A call that names what does not exist is
 * answered LG_FAULT_NOT_FOUND. */
void lg_step(struct lg_cell *cell, const struct lg_call *call, const struct lg_job *record,
             struct lg_tape *tape, struct lg_outcome *outcome, struct lg_job *evicted);

/* A value for everything that a pattern leaves open, from the tape's bytes: what a simulator
 * answers. */
void lg_outcome_pick(struct lg_outcome *outcome, const struct lg_call *call, struct lg_tape *tape);

/* Whether an observation is one that the pattern allows. */
bool lg_outcome_matches(const struct lg_outcome *pattern, const struct lg_outcome *seen);

/* Narrows the cell to what an observation that matched has shown: a job's state and percentage,
 * unseen bytes. */
void lg_cell_learn(struct lg_cell *cell, const struct lg_call *call,
                   const struct lg_outcome *pattern, const struct lg_outcome *seen);

/* Whether the text of a call, where it has one, names the VM that the call is meant for. */
bool lg_call_names_vm(const struct lg_call *call);

/* What VM_IMPORTED brings along of the VM that was exported, as that is when it happens. */
void lg_call_import(struct lg_call *call, const struct lg_vm *exported);

/* Cells. */
void lg_cell_clear(struct lg_cell *cell);
bool lg_cell_is_valid(const struct lg_cell *cell);
bool lg_cell_equal(const struct lg_cell *a, const struct lg_cell *b);
uint64_t lg_cell_hash(const struct lg_cell *cell);

/* Relations of protectors. A protector is usable and has an owner of its own unless an event said
 * otherwise. */
bool lg_vm_is_usable(const struct lg_vm *vm, uint16_t symbol);
bool lg_vm_share_owner(const struct lg_vm *vm, uint16_t a, uint16_t b);

/* Jobs. */
bool lg_job_is_live(const struct lg_job *job);
bool lg_job_has_ended(const struct lg_job *job);
uint32_t lg_job_state_number(enum lg_job_state state);
enum lg_job_state lg_job_state_of_number(uint32_t number);
struct lg_job *lg_cell_job(struct lg_cell *cell, uint16_t name);

/* The code by which a method answers a meaning, for explanations: the row of its table or 0. */
uint32_t lg_code_of(enum lg_method method, enum lg_meaning meaning);

/* Assertions stay on in every build: the program is stopped where one does not hold. */
void lg_assert_failed(void);
static inline void lg_assert(bool holds)
{
    if (!holds)
        lg_assert_failed();
}

#endif
