/* Any bytes as a sealed message: what is read lies within them, and written again is the same; what
 * it seals is read as a request or refused. The first line is its content type, if it has one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/wsman/sealing.h"
#include "sim/wsman/soap.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { TYPE_BYTES = 256, SERVER_BYTES = 512000 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_bounds(const struct lg_sealed *sealed, const char *body, size_t length)
{
    check(sealed->protocol < LG_SEALING_PROTOCOL_COUNT);
    check(memchr(sealed->type, '\0', sizeof sealed->type) != NULL && sealed->type[0]);
    check(sealed->token >= body && sealed->token <= body + length);
    check(sealed->token_bytes <= (size_t)(body + length - sealed->token));
    check(sealed->header_bytes > 0 && sealed->header_bytes <= LG_SEALING_HEADER_BYTES);
    check(sealed->plain_bytes > 0 &&
          sealed->plain_bytes + sealed->header_bytes <= sealed->token_bytes);
}

static void check_same(const struct lg_sealed *one, const struct lg_sealed *other)
{
    check(one->protocol == other->protocol && strcmp(one->type, other->type) == 0);
    check(one->plain_bytes == other->plain_bytes && one->header_bytes == other->header_bytes);
    check(one->token_bytes == other->token_bytes);
    check(memcmp(one->token, other->token, one->token_bytes) == 0);
}

static void write_again(const struct lg_sealed *sealed)
{
    struct lg_text text = {0};
    struct lg_sealed again;
    lg_sealing_write(&text, sealed);
    check(!text.failed && text.length < sealed->token_bytes + LG_SEALING_FRAME_BYTES);
    check(lg_sealing_read(lg_sealing_content_type(sealed->protocol), text.bytes, text.length,
                          &again));
    check_same(sealed, &again);
    lg_text_free(&text);
}

/* What unsealing would give to the server. */
static void read_message(const struct lg_sealed *sealed)
{
    struct lg_soap_request request;
    struct lg_text text = {0};
    bool undecodable;
    const struct lg_wsman_problem problem =
        lg_soap_read(sealed->token + sealed->header_bytes, sealed->plain_bytes, SERVER_BYTES,
                     &request, &undecodable);
    if (problem.fault != LG_WSMAN_FAULT_NONE)
        lg_wsman_fault_write(&text, &problem, "HOST", request.message_id, "1");
    else
        check(request.xml != NULL);
    check(!text.failed);
    lg_text_free(&text);
    lg_soap_free(&request);
}

static void read_body(const char *type, const char *body, size_t length)
{
    struct lg_sealed sealed, again;
    bool taken = lg_sealing_read(type, body, length, &sealed);
    check(taken == lg_sealing_read(type, body, length, &again));
    check(!taken || lg_sealing_is(type));
    if (!taken)
        return;
    check_bounds(&sealed, body, length);
    check_same(&sealed, &again);
    write_again(&sealed);
    read_message(&sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char type[TYPE_BYTES] = "";
    const uint8_t *end = length ? memchr(bytes, '\n', length) : NULL;
    size_t line = end ? (size_t)(end - bytes) : 0;
    if (end && line < sizeof type)
        memcpy(type, bytes, line);
    size_t left = length - line - (end != NULL);
    char *body = malloc(left + (left == 0));
    check(body != NULL);
    if (left)
        memcpy(body, bytes + length - left, left);
    if (line)
        read_body(type, body, left);
    for (int i = 0; i < LG_SEALING_PROTOCOL_COUNT && !line; i++)
        read_body(lg_sealing_content_type((enum lg_sealing_protocol)i), body, left);
    free(body);
    return 0;
}
