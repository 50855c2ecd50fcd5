/* Identify: who answers, without addressing. */
#include "exchange.h"

/* The builds that the versions of hosts have. */
static const char *const builds[LG_HOST_VERSION_COUNT] = {[LG_HOST_2016] = "10.0.14393",
                                                          [LG_HOST_2019] = "10.0.17763",
                                                          [LG_HOST_2022] = "10.0.20348",
                                                          [LG_HOST_2025] = "10.0.26100",
                                                          [LG_HOST_BELOW] = "6.3.9600"};

static const char profile[] =
    "<wsmid:SecurityProfiles><wsmid:SecurityProfileName>http://schemas.dmtf.org/wbem/wsman/1/"
    "wsman/secprofile/http/spnego-kerberos</wsmid:SecurityProfileName></wsmid:SecurityProfiles>";

struct lg_wsman_problem lg_exchange_identify(struct lg_exchange *exchange)
{
    uint8_t version = exchange->host->version(exchange->host->context);
    const char *build = exchange->anonymous ? "0.0.0" : builds[version % LG_HOST_VERSION_COUNT];
    lg_text_addf(exchange->body,
                 "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"%s\"><s:Header></s:Header><s:Body>"
                 "<wsmid:IdentifyResponse xmlns:wsmid=\"%s\"><wsmid:ProtocolVersion>%s"
                 "</wsmid:ProtocolVersion><wsmid:ProductVendor>Microsoft Corporation"
                 "</wsmid:ProductVendor><wsmid:ProductVersion>OS: %s SP: 0.0 Stack: 3.0"
                 "</wsmid:ProductVersion>%s</wsmid:IdentifyResponse></s:Body></s:Envelope>",
                 LG_NS_SOAP, LG_NS_IDENTITY, LG_NS_WSMAN, build,
                 exchange->anonymous ? "" : profile);
    return LG_NO_PROBLEM;
}
