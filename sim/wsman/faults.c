#include "sim/wsman/faults.h"

#include <string.h>

#include "sim/wsman/soap.h"

enum { ABOUT_BYTES_MAX = 512 };

#define FAULT_ACTION_ADDRESSING LG_NS_ADDRESSING "/fault"
#define FAULT_ACTION_TRANSFER LG_NS_TRANSFER "/fault"
#define FAULT_ACTION_ENUMERATION LG_NS_ENUMERATION "/fault"
#define FAULT_ACTION_WSMAN "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
#define FAULT_DETAIL "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"

#define CODE_SENDER "s:Sender"
#define CODE_RECEIVER "s:Receiver"
#define CODE_MUST_UNDERSTAND "s:MustUnderstand"
#define CODE_VERSION_MISMATCH "s:VersionMismatch"

static const struct fault {
    const char *name;
    unsigned long code;
    const char *soap_code;
    const char *subcode;
    const char *detail;
    const char *action;
    const char *text;
} faults[] = {
#define LG_WSMAN_FAULT(name, code, sender, subcode, detail, action, text)                          \
    {#name, code##UL, CODE_##sender, subcode, detail, FAULT_ACTION_##action, text},
#include "faults.def"
#undef LG_WSMAN_FAULT
};

/* Faults that WMI found, and not WinRM: what it was doing, and its own words if it has any. */
static const struct provider_fault {
    enum lg_wsman_fault fault;
    const char *operation;
    const char *provider;
    const char *text;
} provider_faults[] = {
    {LG_WSMAN_FAULT_NOT_FOUND, "GetObject", "WinMgmt", NULL},
    {LG_WSMAN_FAULT_INVALID_CLASS_QUERY, "ExecQuery", "WinMgmt",
     "The namespace has no class of this name."},
    {LG_WSMAN_FAULT_WMI_ACCESS_DENIED, "ExecMethod", "WinMgmt", NULL},
    {LG_WSMAN_FAULT_WMI_INVALID_PARAMETER, "ExecMethod", "WinMgmt", NULL},
    {LG_WSMAN_FAULT_INVALID_METHOD, "ExecMethod", "WinMgmt", NULL},
    {LG_WSMAN_FAULT_INVALID_METHOD_PARAMETERS, "ExecMethod", "WinMgmt", NULL},
};

static const struct fault *fault_of(enum lg_wsman_fault fault)
{
    return &faults[(size_t)fault < LG_WSMAN_FAULT_COUNT ? fault : LG_WSMAN_FAULT_INTERNAL];
}

static const struct provider_fault *provider_fault_of(enum lg_wsman_fault fault)
{
    for (size_t i = 0; i < sizeof provider_faults / sizeof provider_faults[0]; i++) {
        if (provider_faults[i].fault == fault) {
            return &provider_faults[i];
        }
    }
    return NULL;
}

const char *lg_wsman_fault_name(enum lg_wsman_fault fault)
{
    return fault_of(fault)->name;
}

unsigned long lg_wsman_fault_code(enum lg_wsman_fault fault)
{
    return fault_of(fault)->code;
}

static const char *local_part(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

enum lg_wsman_fault lg_wsman_fault_find(unsigned long code, const char *subcode)
{
    const char *local = subcode != NULL ? local_part(subcode) : "";
    for (size_t i = LG_WSMAN_FAULT_NONE + 1; i < LG_WSMAN_FAULT_COUNT; i++) {
        const bool is_code = code == 0 || faults[i].code == code;
        const bool is_subcode =
            local[0] == '\0' ? code != 0 : strcmp(local, local_part(faults[i].subcode)) == 0;
        if (is_code && is_subcode) {
            return (enum lg_wsman_fault)i;
        }
    }
    return LG_WSMAN_FAULT_NONE;
}

/* The beginning of what a message is about, which may be as long as a message of its own. */
static void write_about(struct lg_text *text, const char *about)
{
    size_t length = strlen(about);
    if (length > ABOUT_BYTES_MAX) {
        length = ABOUT_BYTES_MAX;
        while (((unsigned char)about[length] & 0xC0) == 0x80) {
            length--;
        }
    }
    lg_text_escape_bytes(text, about, length);
}

/* Messages of Windows end in a space, and so do ours. */
static void write_text(struct lg_text *text, const char *sentence, const char *about)
{
    const char *gap = strstr(sentence, "%s");
    if (gap == NULL) {
        lg_text_escape(text, sentence);
    } else {
        lg_text_escape_bytes(text, sentence, (size_t)(gap - sentence));
        write_about(text, about != NULL ? about : "");
        lg_text_escape(text, gap + 2);
    }
    if (text->length > 0 && text->bytes[text->length - 1] != ' ') {
        lg_text_add(text, " ");
    }
}

static void write_element(struct lg_text *text, const char *name, const char *content)
{
    if (content == NULL) {
        lg_text_addf(text, "<%s xsi:nil=\"true\"/>", name);
        return;
    }
    lg_text_addf(text, "<%s>", name);
    lg_text_escape(text, content);
    lg_text_addf(text, "</%s>", name);
}

static void begin_wsman_fault(struct lg_text *text, unsigned long code, const char *machine)
{
    lg_text_addf(text, "<f:WSManFault xmlns:f=\"" LG_NS_FAULT "\" Code=\"%lu\" Machine=\"", code);
    lg_text_escape(text, machine);
    lg_text_add(text, "\"><f:Message>");
}

static void write_provider(struct lg_text *text, const struct provider_fault *provider,
                           const struct lg_wsman_problem *problem, const char *machine)
{
    const struct fault *fault = fault_of(problem->fault);
    lg_text_add(text, "<f:ProviderFault provider=\"WMI Provider\" "
                      "path=\"%systemroot%\\system32\\WsmWmiPl.dll\">");
    begin_wsman_fault(text, fault->code, machine);
    write_text(text, provider->text != NULL ? provider->text : fault->text, problem->about);
    lg_text_add(text, "</f:Message></f:WSManFault><f:ExtendedError>"
                      "<p:__ExtendedStatus xmlns:xsi=\"" LG_NS_XSI "\" xmlns:p=\"" LG_WMI_PREFIX
                      "root/virtualization/v2/__ExtendedStatus\" xmlns:cim=\"" LG_NS_CIM
                      "\" xsi:type=\"p:__ExtendedStatus_Type\">");
    write_element(text, "p:Description", NULL);
    write_element(text, "p:Operation", provider->operation);
    write_element(text, "p:ParameterInfo", problem->query_class);
    write_element(text, "p:ProviderName", provider->provider);
    write_element(text, "p:StatusCode", NULL);
    lg_text_add(text, "</p:__ExtendedStatus></f:ExtendedError></f:ProviderFault>");
}

static void write_detail(struct lg_text *text, const struct lg_wsman_problem *problem,
                         const char *machine)
{
    const struct fault *fault = fault_of(problem->fault);
    const struct provider_fault *provider = provider_fault_of(problem->fault);
    lg_text_add(text, "<s:Detail>");
    if (fault->detail != NULL) {
        lg_text_add(text, "<w:FaultDetail>" FAULT_DETAIL);
        lg_text_add(text, fault->detail);
        lg_text_add(text, "</w:FaultDetail>");
    }
    begin_wsman_fault(text, fault->code, machine);
    if (provider != NULL) {
        write_provider(text, provider, problem, machine);
    } else {
        write_text(text, fault->text, problem->about);
    }
    lg_text_add(text, "</f:Message></f:WSManFault></s:Detail>");
}

static void write_not_understood(struct lg_text *text, const struct lg_wsman_problem *problem)
{
    const char *given = problem->prefix != NULL ? problem->prefix : "";
    const char *prefix = given[0] != '\0' ? given : "h";
    const bool has_space = problem->space != NULL && problem->space[0] != '\0';
    lg_text_add(text, "<s:NotUnderstood qname=\"");
    if (has_space) {
        lg_text_escape(text, prefix);
        lg_text_add(text, ":");
    }
    lg_text_escape(text, problem->name != NULL ? problem->name : "");
    if (has_space) {
        lg_text_add(text, "\" xmlns:");
        lg_text_escape(text, prefix);
        lg_text_add(text, "=\"");
        lg_text_escape(text, problem->space);
    }
    lg_text_add(text, "\" />");
}

void lg_wsman_fault_write(struct lg_text *text, const struct lg_wsman_problem *problem,
                          const char *machine, const char *relates_to, const char *message_id)
{
    const struct fault *fault = fault_of(problem->fault);
    const struct lg_soap_request request = {.message_id = relates_to};
    const bool has_subcode = fault->subcode[0] != 's';
    lg_soap_header(text, LG_REPLY_FAULT, fault->action, &request, message_id);
    if (problem->fault == LG_WSMAN_FAULT_MUST_UNDERSTAND) {
        write_not_understood(text, problem);
    }
    lg_text_addf(text, "</s:Header><s:Body><s:Fault><s:Code><s:Value>%s</s:Value>",
                 fault->soap_code);
    if (has_subcode) {
        lg_text_addf(text, "<s:Subcode><s:Value>%s</s:Value></s:Subcode>", fault->subcode);
    }
    lg_text_add(text, "</s:Code><s:Reason><s:Text xml:lang=\"en-US\">");
    write_text(text, fault->text, problem->about);
    lg_text_add(text, "</s:Text></s:Reason>");
    if (has_subcode) {
        write_detail(text, problem, machine);
    }
    lg_text_add(text, "</s:Fault>");
    lg_soap_end(text);
}
