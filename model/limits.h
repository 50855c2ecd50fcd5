/* Every bound of the core, each with its reason. Times are in milliseconds. */
#ifndef LG_LIMITS_H
#define LG_LIMITS_H

/* Live or not yet recorded jobs of one VM. One is the documented norm ("System is in use"); the
 * others serve targets that queue, and calls whose reply was lost. */
#define LG_JOB_SLOTS 4

/* Protectors of one VM that are not usable on its host: each needs an event, vectors use two at
 * most. */
#define LG_UNUSABLE_MAX 8

/* Pairs of protectors that share an owner: the same reason. */
#define LG_OWNER_PAIRS_MAX 8

/* One interval after a job's end it may be removed (msvm-concretejob.md, TimeBeforeRemoval). */
#define LG_RETENTION_MS 300000u

/* A cell is copied at each step and kept in sets: it must stay within eight cache lines. */
#define LG_CELL_BYTES_MAX 512

/* Draws of one step: the longest path (progress of four jobs, place, order, readings) needs
 * about 20. */
#define LG_DRAWS_MAX 32

/* What may speak against one call: an alternative of check_order each, behind the first. */
#define LG_OBJECTIONS_MAX 12

/* Alternatives of one choice site: a profile keeps them as the bits of a 16-bit mask. */
#define LG_ALTERNATIVES_MAX 16

/* Properties of one read that the model computes, the largest being Msvm_ConcreteJob's. */
#define LG_FIELDS_MAX 12

/* Jobs of one VM in one enumeration that are compared: four slots and a dozen records. */
#define LG_LIST_MAX 16

/* A protector or a policy: no page gives a bound; the largest seen is 10 KB, tests use up to this.
 */
#define LG_BLOB_BYTES_MAX (1024u * 1024u)

/* Symbols of a run: 1,000 VMs with four members each, their images, and what vectors name. */
#define LG_SYMBOL_MAX 0xEFFFu

/* Symbols from here on stand for bytes that nobody has seen yet. */
#define LG_SYMBOL_UNSEEN 0xF000u

/* A simulated host. */
#define LG_VMS_MAX 1000u
#define LG_RECORDS_MAX 10000u

/* Virtual time ends here (one thousand years), so that sums of times never wrap. */
#define LG_TIME_MAX_MS 31536000000000u

/* Calls without a reply that may still take effect, of one VM. */
#define LG_PENDING_MAX 16

/* Assignments of readings that the oracle keeps apart before it merges them. */
#define LG_READINGS_MAX 4096

#endif
