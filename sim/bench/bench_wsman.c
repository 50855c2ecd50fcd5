/* Calls a second through the whole mapping, beside what Expat alone takes for the same bytes. */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/wsman/wsman.h"
#include "sim/wsman_host.h"

#define SERVICE LG_WMI_PREFIX "root/virtualization/v2/Msvm_SecurityService"

enum { PROTECTOR_BYTES = 5 * 1024, ROUNDS = 20000, PROTECTORS = 8 };

static struct lg_simulator simulator;
static struct lg_wsman_simulator host;
static char vm[LG_NAME_BYTES];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void add_protector(struct lg_text *text, bool repeated, unsigned seed)
{
    uint8_t bytes[PROTECTOR_BYTES] = {0, 0, PROTECTOR_BYTES >> 8, PROTECTOR_BYTES & 0xFF};
    for (unsigned i = 4; i < PROTECTOR_BYTES; i++)
        bytes[i] = (uint8_t)((i + seed) * 2654435761u >> 24);
    for (unsigned i = 0; repeated && i < PROTECTOR_BYTES; i++)
        lg_text_addf(text, "<p:KeyProtector>%u</p:KeyProtector>", bytes[i]);
    char *base64 = repeated ? NULL : lg_base64_write(bytes, PROTECTOR_BYTES);
    if (base64)
        lg_text_addf(text, "<p:KeyProtector>%s</p:KeyProtector>", base64);
    free(base64);
}

static void write_message(struct lg_text *text, const char *method, bool repeated, int seed)
{
    lg_text_addf(
        text,
        "<s:Envelope xmlns:s=\"" LG_NS_SOAP "\" xmlns:a=\"" LG_NS_ADDRESSING
        "\" xmlns:w=\"" LG_NS_WSMAN
        "\"><s:Header><a:To>http://host:5985/wsman</a:To><a:Action>" SERVICE
        "/%s</a:Action><w:ResourceURI>" SERVICE "</w:ResourceURI><a:MessageID>uuid:"
        "11111111-2222-3333-4444-555555555555</a:MessageID><a:ReplyTo><a:Address>" LG_ANONYMOUS
        "</a:Address></a:ReplyTo><w:SelectorSet><w:Selector Name=\"CreationClassName\">"
        "Msvm_SecurityService</w:Selector></w:SelectorSet></s:Header><s:Body><p:%s_INPUT "
        "xmlns:p=\"" SERVICE "\"><p:SecuritySettingData><![CDATA[<INSTANCE CLASSNAME=\""
        "Msvm_SecuritySettingData\"><PROPERTY NAME=\"InstanceID\" TYPE=\"string\"><VALUE>"
        "Microsoft:%s\\" LG_SETTING_PART "</VALUE></PROPERTY></INSTANCE>]]>"
        "</p:SecuritySettingData>",
        method, method, vm);
    if (seed >= 0)
        add_protector(text, repeated, (unsigned)seed);
    lg_text_addf(text, "</p:%s_INPUT></s:Body></s:Envelope>", method);
}

static double expat_seconds(const struct lg_text *messages, unsigned count, unsigned rounds)
{
    double started = now();
    for (unsigned i = 0; i < rounds; i++) {
        XML_Parser parser = XML_ParserCreateNS(NULL, '|');
        const struct lg_text *message = &messages[i % count];
        XML_Parse(parser, message->bytes, (int)message->length, 1);
        XML_ParserFree(parser);
    }
    return now() - started;
}

static double respond_seconds(struct lg_wsman *wsman, const struct lg_text *messages,
                              unsigned count, unsigned rounds)
{
    struct lg_text body = {0};
    const char *type;
    double started = now();
    for (unsigned i = 0; i < rounds; i++) {
        const struct lg_text *message = &messages[i % count];
        const struct lg_wsman_request request = {
            message->bytes, message->length, NULL, false, {"bench", LG_ROLE_ADMINISTRATOR}};
        if (lg_wsman_respond(wsman, &request, &body, &type) != 200 ||
            !strstr(body.bytes, "<p:ReturnValue>0<")) {
            fprintf(stderr, "not answered as expected: %.1000s\n", body.bytes);
            exit(1);
        }
    }
    double seconds = now() - started;
    lg_text_free(&body);
    return seconds;
}

static void measure(const char *what, struct lg_wsman *wsman, const struct lg_text *messages,
                    unsigned count, unsigned rounds)
{
    double seconds = respond_seconds(wsman, messages, count, rounds);
    double expat = expat_seconds(messages, count, rounds);
    printf("%-28s %7zu bytes  %8.0f calls/s  %5.2f times Expat alone\n", what, messages->length,
           rounds / seconds, seconds / expat);
}

static void measure_form(const char *form, bool repeated, unsigned rounds)
{
    const struct lg_wsman_settings settings = {LG_WSMAN_ENVELOPE_KB_DEFAULT, repeated};
    struct lg_wsman *wsman = lg_wsman_new(&host.host, &settings);
    struct lg_text set[PROTECTORS] = {{0}};
    struct lg_text get = {0};
    char what[64];
    for (int i = 0; i < PROTECTORS; i++)
        write_message(&set[i], "SetKeyProtector", repeated, i);
    write_message(&get, "GetKeyProtector", repeated, -1);
    snprintf(what, sizeof what, "SetKeyProtector, %s", form);
    measure(what, wsman, set, PROTECTORS, rounds);
    snprintf(what, sizeof what, "GetKeyProtector, %s", form);
    measure(what, wsman, &get, 1, rounds);
    for (int i = 0; i < PROTECTORS; i++)
        lg_text_free(&set[i]);
    lg_text_free(&get);
    lg_wsman_free(wsman);
}

int main(void)
{
    const struct lg_simulator_options options = {.profile = LG_PROFILE_documented,
                                                 .jobs = LG_JOBS_SYNC};
    struct lg_call make = {.method = LG_CALL_VM_CREATED, .vm = LG_VM_HOST, .requested = 2};
    struct lg_outcome outcome;
    if (!lg_simulator_init(&simulator, &options) || !lg_simulator_call(&simulator, &make, &outcome))
        return 1;
    simulator.names.write_vm(&simulator, make.vm, vm);
    lg_wsman_simulator_init(&host, &simulator, "HOST");
    measure_form("base64", false, ROUNDS);
    measure_form("byte by byte", true, ROUNDS / 20);
    lg_wsman_simulator_free(&host);
    lg_simulator_free(&simulator);
    return 0;
}
