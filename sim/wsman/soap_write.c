#include "sim/wsman/soap.h"

#define A " xmlns:a=\"" LG_NS_ADDRESSING "\""
#define E " xmlns:e=\"" LG_NS_EVENTING "\""
#define N " xmlns:n=\"" LG_NS_ENUMERATION "\""
#define P " xmlns:p=\"" LG_NS_MICROSOFT "\""
#define S " xmlns:s=\"" LG_NS_SOAP "\""
#define W " xmlns:w=\"" LG_NS_WSMAN "\""
#define X " xmlns:x=\"" LG_NS_TRANSFER "\""

/* declares: what a header of Microsoft's has to declare itself. */
static const struct family {
    const char *namespaces;
    const char *declares;
} families[] = {
    [LG_REPLY_ENUMERATION] = {S A N W, P},
    [LG_REPLY_TRANSFER] = {S A X W P, ""},
    [LG_REPLY_FAULT] = {S A X E N W P, ""},
};

static void write_header(struct lg_text *text, const char *name, const char *declares,
                         const char *value)
{
    if (value != NULL) {
        lg_text_addf(text, "<%s%s>", name, declares);
        lg_text_escape(text, value);
        lg_text_addf(text, "</%s>", name);
    }
}

void lg_soap_header(struct lg_text *text, enum lg_reply_family family, const char *action,
                    const struct lg_soap_request *request, const char *message_id)
{
    const char *declares = families[family].declares;
    lg_text_add(text, "<s:Envelope xml:lang=\"en-US\"");
    lg_text_add(text, families[family].namespaces);
    lg_text_add(text, "><s:Header>");
    write_header(text, "a:Action", "", action);
    lg_text_add(text, "<a:MessageID>uuid:");
    lg_text_escape(text, message_id);
    lg_text_add(text, "</a:MessageID>");
    write_header(text, "p:OperationID", declares, request->operation_id);
    write_header(text, "p:SequenceId", declares, request->sequence_id);
    write_header(text, "p:ActivityId", declares, request->activity_id);
    lg_text_add(text, "<a:To>" LG_ANONYMOUS "</a:To>");
    write_header(text, "a:RelatesTo", "", request->message_id);
}

void lg_soap_begin(struct lg_text *text, enum lg_reply_family family, const char *action,
                   const struct lg_soap_request *request, const char *message_id)
{
    lg_soap_header(text, family, action, request, message_id);
    lg_text_add(text, "</s:Header><s:Body>");
}

void lg_soap_end(struct lg_text *text)
{
    lg_text_add(text, "</s:Body></s:Envelope>");
}
