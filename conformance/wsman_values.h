/* Values on the wire <-> JSON as the line protocol has it. */
#ifndef LG_WSMAN_VALUES_H
#define LG_WSMAN_VALUES_H

#include "model/trace_json.h"
#include "sim/wsman/text.h"
#include "sim/wsman/xml.h"

/* How uint8 arrays go over the wire: no page says it, so it is learnt from the first answer. */
enum lg_bytes_wire { LG_BYTES_UNKNOWN, LG_BYTES_BASE64, LG_BYTES_REPEATED };

/* The instance in an item of an enumeration or the body of a Get, as a read of the model shows it.
 * Properties that are not there stay away. */
json_t *lg_instance_to_json(const struct lg_xml_node *instance, enum lg_method read,
                            enum lg_bytes_wire *wire);

/* The text of the property, or NULL: for what a client looks for. Trimmed, the caller's to free. */
char *lg_instance_text(const struct lg_xml_node *instance, const char *name);

/* A uint8 array among the children: base64, or null. Learns the form where it can. */
json_t *lg_bytes_to_json(const struct lg_xml_node *parent, const char *name,
                         enum lg_bytes_wire *wire);

/* Writes <p:NAME> elements for bytes. */
void lg_bytes_write(struct lg_text *text, const char *name, const struct lg_blob *blob,
                    enum lg_bytes_wire wire);

/* Characters that lg_bytes_write needs at most. */
size_t lg_bytes_room(size_t length, enum lg_bytes_wire wire);

/* A CIM interval (ddddddddhhmmss.mmmmmm:000) as xs:duration; any other text as it is. */
void lg_duration_write(struct lg_text *text, const char *interval);

bool lg_is_nil(const struct lg_xml_node *node);

#endif
