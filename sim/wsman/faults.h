/* SOAP faults as WinRM gives them, by table (faults.def). */
#ifndef LG_FAULTS_H
#define LG_FAULTS_H

#include "text.h"

/* LG_WSMAN_FAULT(name, code, sender, subcode, detail, action, text) in faults.def:
 *   name     of the enum below, which "LG_WSMAN_FAULT_" comes before
 *   code     decimal f:WSManFault Code
 *   sender   SENDER or RECEIVER; MUST_UNDERSTAND or VERSION_MISMATCH for those two faults of SOAP,
 *            which have neither subcode nor detail
 *   subcode  prefixed QName, such as w:InvalidSelectors
 *   detail   last part of the w:FaultDetail URI, or NULL
 *   action   ADDRESSING, TRANSFER, ENUMERATION or WSMAN: which fault action
 *   text     our own sentence that says what is wrong; one %s at most, for what it is about */
enum lg_wsman_fault {
#define LG_WSMAN_FAULT(name, code, sender, subcode, detail, action, text) LG_WSMAN_FAULT_##name,
#include "faults.def"
#undef LG_WSMAN_FAULT
    LG_WSMAN_FAULT_COUNT
};

/* What a fault tells beside its row. Strings live as long as the reply is being written. */
struct lg_wsman_problem {
    enum lg_wsman_fault fault; /* NONE: no problem */
    const char *about;         /* the %s of the row's text; NULL: "" */
    const char *space;         /* MUST_UNDERSTAND: the header's namespace */
    const char *name;          /* and its name */
    const char *query_class;   /* provider faults: ParameterInfo, a query or a path; NULL: nil */
    const char *prefix;        /* MUST_UNDERSTAND: the header's prefix in the request, or NULL */
};

const char *lg_wsman_fault_name(enum lg_wsman_fault fault);
unsigned long lg_wsman_fault_code(enum lg_wsman_fault fault);

/* Finds the row of a fault that a server answered, by its code and subcode; NONE if no row fits. Of
 * rows that share both it is the first. The subcode's prefix is not compared. code 0: none was
 * told, the subcode decides; subcode NULL: the code decides. */
enum lg_wsman_fault lg_wsman_fault_find(unsigned long code, const char *subcode);

/* Writes the whole envelope of a fault. relates_to: the request's MessageID, or NULL. machine: the
 * host's name. message_id: a fresh one, without "uuid:". */
void lg_wsman_fault_write(struct lg_text *text, const struct lg_wsman_problem *problem,
                          const char *machine, const char *relates_to, const char *message_id);

#endif
