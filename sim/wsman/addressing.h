/* Resource URIs, selectors and endpoint references: what a message is about. */
#ifndef LG_ADDRESSING_H
#define LG_ADDRESSING_H

#include "text.h"
#include "xml.h"

/* Namespaces. */
#define LG_NS_SOAP "http://www.w3.org/2003/05/soap-envelope"
#define LG_NS_ADDRESSING "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define LG_NS_WSMAN "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define LG_NS_ENUMERATION "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
#define LG_NS_TRANSFER "http://schemas.xmlsoap.org/ws/2004/09/transfer"
#define LG_NS_EVENTING "http://schemas.xmlsoap.org/ws/2004/08/eventing"
#define LG_NS_BINDING "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"
#define LG_NS_MICROSOFT "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
#define LG_NS_CIM "http://schemas.dmtf.org/wbem/wscim/1/common"
#define LG_NS_FAULT "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
#define LG_NS_IDENTITY "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
#define LG_NS_XSI "http://www.w3.org/2001/XMLSchema-instance"
#define LG_ANONYMOUS "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
#define LG_WMI_PREFIX "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
#define LG_DMTF_PREFIX "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"

enum {
    LG_SELECTORS_MAX = 16, /* the largest key of a modelled class has four */
    LG_PATH_BYTES = 128    /* a CIM namespace or a class name */
};

struct lg_selector {
    const char *name;                    /* without a namespace, as written */
    const char *value;                   /* text; "" where it is a reference */
    const struct lg_xml_node *reference; /* a:EndpointReference, or NULL */
};

enum lg_uri_family {
    LG_URI_NONE,  /* missing */
    LG_URI_OTHER, /* no resource of this service */
    LG_URI_WMI,
    LG_URI_DMTF
};

/* A resource: strings point into the tree they came from, or are held here. */
struct lg_resource {
    enum lg_uri_family family;
    const char *uri;                /* as written, "" if missing */
    char space[LG_PATH_BYTES];      /* lower case with slashes: "root/virtualization/v2" */
    char class_name[LG_PATH_BYTES]; /* as written; "*" for all classes; "" if the URI has none */
    struct lg_selector selectors[LG_SELECTORS_MAX]; /* without __cimnamespace */
    unsigned selector_count;
    bool selectors_overflow;  /* more than LG_SELECTORS_MAX */
    bool selectors_duplicate; /* two names that differ in case only */
    bool namespace_conflict;  /* __cimnamespace differs from the URI's */
};

/* Reads w:ResourceURI and w:SelectorSet among the children of a node: a SOAP header, or the
 * a:ReferenceParameters of a reference. The default namespace of a DMTF URI is root/hardware
 * (MS-WSMV 3.1.4.1.1). */
void lg_resource_read(const struct lg_xml_node *parent, struct lg_resource *resource);

/* Reads an a:EndpointReference, or a node that holds a:ReferenceParameters directly, as REF values
 * do. False: it is none. */
bool lg_reference_read(const struct lg_xml_node *node, struct lg_resource *resource);

/* NULL if it is not there; names compare without case. */
const struct lg_selector *lg_resource_selector(const struct lg_resource *resource,
                                               const char *name);

/* Writes a:Address and a:ReferenceParameters for an instance of a class,
 * as the answered family has it. keys: names and values, `count` pairs. */
struct lg_key {
    const char *name;
    const char *value;
};
void lg_reference_write(struct lg_text *text, enum lg_uri_family family, const char *space,
                        const char *class_name, const struct lg_key *keys, unsigned count);

/* A WMI object path, \\HOST\root\virtualization\v2:Class.Key="v",...  or without its front parts,
 * as associators and embedded references have it. Fills class_name and the keys (into `room`, which
 * the caller keeps as long as the resource). `space` is "" where the path has none; a key without a
 * name, Class="v", is a selector named "". False: it is none. */
bool lg_path_read(const char *path, struct lg_resource *resource, char *room, size_t room_size);

#endif
