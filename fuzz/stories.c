/* The stories. */
#include "stories.h"

enum { START = 2, TURN_OFF = 3 };

#define SET                                                                                        \
    {                                                                                              \
        LG_CALL_SET_KEY_PROTECTOR, LG_DRAWS_PROTECTOR, 0, 0                                        \
    }
#define SET_ANY                                                                                    \
    {                                                                                              \
        LG_CALL_SET_KEY_PROTECTOR, LG_DRAWS_BYTES, 0, 0                                            \
    }
#define CALL(method)                                                                               \
    {                                                                                              \
        LG_CALL_##method, 0, 0, 0                                                                  \
    }
#define DRAW(method, draws)                                                                        \
    {                                                                                              \
        LG_CALL_##method, LG_DRAWS_##draws, 0, 0                                                   \
    }
#define VM(state)                                                                                  \
    {                                                                                              \
        LG_CALL_VM_REQUEST_STATE_CHANGE, 0, state, 0                                               \
    }
#define GET CALL(GET_KEY_PROTECTOR)
#define READ DRAW(GET_KEY_PROTECTOR, READ)
#define MODIFY DRAW(MODIFY_SECURITY_SETTINGS, SETTINGS)
#define POWER DRAW(VM_REQUEST_STATE_CHANGE, REQUEST)
#define OF_OTHER(method)                                                                           \
    {                                                                                              \
        LG_CALL_##method, 0, 0, LG_STORY_OTHER_VM                                                  \
    }

#define SET_OF_OTHER                                                                               \
    {                                                                                              \
        LG_CALL_SET_KEY_PROTECTOR, LG_DRAWS_PROTECTOR, 0, LG_STORY_OTHER_VM                        \
    }
#define OTHER(state)                                                                               \
    {                                                                                              \
        LG_CALL_VM_REQUEST_STATE_CHANGE, 0, state, LG_STORY_OTHER_VM                               \
    }

const struct lg_story lg_stories[LG_STORY_COUNT] = {
    /* a protector becomes the last known good one; another one may open what it sealed */
    {4, {SET, CALL(MODIFY_SECURITY_SETTINGS), VM(START), VM(TURN_OFF)}},
    {5,
     {DRAW(PROTECTORS_SHARE_OWNER, PROTECTOR), SET, CALL(MODIFY_SECURITY_SETTINGS), VM(START),
      VM(TURN_OFF)}},
    /* and is put back */
    {5, {SET, GET, CALL(RESTORE_LAST_KNOWN_GOOD), READ, GET}},
    /* or that of another VM, which has one as well */
    {11,
     {SET, CALL(MODIFY_SECURITY_SETTINGS), VM(START), VM(TURN_OFF), SET_OF_OTHER,
      OF_OTHER(MODIFY_SECURITY_SETTINGS), OTHER(START), OTHER(TURN_OFF), SET,
      OF_OTHER(RESTORE_LAST_KNOWN_GOOD), GET}},
    /* a protector no longer opens */
    {5, {SET, DRAW(PROTECTOR_UNUSABLE, NEXT), CALL(MODIFY_SECURITY_SETTINGS), VM(START), READ}},
    /* settings are changed, and the power */
    {4, {MODIFY, MODIFY, CALL(RESTORE_LAST_KNOWN_GOOD), CALL(READ_SECURITY_SETTING)}},
    {4, {SET, MODIFY, MODIFY, CALL(READ_SECURITY_SETTING)}},
    {6,
     {SET, CALL(MODIFY_SECURITY_SETTINGS), MODIFY, CALL(READ_SECURITY_ELEMENT), VM(START),
      CALL(READ_SECURITY_ELEMENT)}},
    {4, {VM(START), POWER, POWER, CALL(READ_VM)}},
    /* bytes go in and come out */
    {2, {SET_ANY, GET}},
    {3, {SET_ANY, DRAW(SET_KEY_PROTECTOR, NEXT), GET}},
    /* a job is looked at, as it fails too */
    {4, {SET, CALL(READ_JOB), CALL(READ_JOB), READ}},
    {5, {VM(START), SET_ANY, CALL(READ_JOB), CALL(READ_JOB), READ}},
    /* a job is kept, told to do something, killed, overtaken */
    {4, {SET, CALL(READ_JOB), DRAW(TIME_PASSES, TIME), CALL(READ_JOB)}},
    {5, {SET, DRAW(JOB_REQUEST_STATE_CHANGE, REQUEST), CALL(READ_JOB), CALL(READ_JOB), READ}},
    {6, {SET, SET, CALL(KILL_JOB), CALL(READ_JOB), CALL(READ_JOB), READ}},
    /* a VM is removed and another one made */
    {5,
     {CALL(DEFINE_SYSTEM), SET, CALL(DESTROY_SYSTEM), OF_OTHER(DEFINE_SYSTEM),
      OF_OTHER(GET_KEY_PROTECTOR)}},
    /* the first one is exported, and each of the two goes its way */
    {5, {SET, CALL(VM_EXPORTED), OF_OTHER(VM_IMPORTED), SET_OF_OTHER, GET}},
    /* the caller becomes another one */
    {4, {SET, DRAW(CALLER_CHANGES, ROLE), SET, READ}}};
