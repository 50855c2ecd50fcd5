/* Any text as SecuritySettingData or SystemSettings: it is read within the bounds of a call, twice
 * the same; and what a script asks for is written as a text that reads as the same call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "script.h"
#include "sim/wsman/embedded.h"

static int vm_of(void *context, const char *text)
{
    unsigned vm;
    char end;
    (void)context;
    return sscanf(text, "00000000-0000-0000-0000-00000000000%1u%c", &vm, &end) == 1 &&
                   strlen(text) == 36 && vm < LG_SCRIPT_VMS
               ? (int)vm
               : -1;
}

static void write_vm(void *context, uint16_t vm, char *text)
{
    (void)context;
    snprintf(text, LG_NAME_BYTES, "00000000-0000-0000-0000-00000000000%u", vm % 10u);
}

static int checkpoint_of(void *context, const char *text)
{
    (void)context;
    return strncmp(text, "C", 1) == 0 ? 0 : -1;
}

static void write_checkpoint(void *context, uint16_t vm, char *text)
{
    (void)context;
    (void)vm;
    snprintf(text, LG_NAME_BYTES, "C0000000-0000-0000-0000-000000000000");
}

static const struct lg_names names = {.vm_of = vm_of,
                                      .write_vm = write_vm,
                                      .checkpoint_of = checkpoint_of,
                                      .write_checkpoint = write_checkpoint,
                                      .raw = true};

static void check_text(const uint8_t *bytes, size_t length, uint8_t method)
{
    struct lg_call first = {.method = method}, second = {.method = method};
    char *text = malloc(length + 1);
    lg_holds(text != NULL);
    if (length)
        memcpy(text, bytes, length);
    text[length] = '\0';
    lg_holds(lg_embedded_read(&names, text, length, &first));
    lg_holds(lg_embedded_read(&names, text, length, &second));
    free(text);
    lg_holds(memcmp(&first, &second, sizeof first) == 0);
    lg_saw(&first, sizeof first);
    lg_holds(first.setting < LG_TEXT_SHAPE_COUNT && first.identity < LG_IDENTITY_COUNT);
    lg_holds((first.values & ~first.present) == 0);
    lg_holds(first.vm == LG_VM_HOST || first.vm < LG_SCRIPT_VMS);
}

/* What is written reads as what was meant. */
static void check_call(const uint8_t bytes[LG_STEP_BYTES])
{
    struct lg_call call, again;
    lg_script_call(bytes, &call);
    bool has_text = lg_methods[call.method].target == LG_TARGET_SERVICE;
    bool odd = call.setting_flags & (LG_TEXT_HUGE | LG_TEXT_TOO_LONG | LG_TEXT_DUPLICATE);
    if (!has_text || odd || call.identity == LG_ID_UNKNOWN)
        return;
    char *text = lg_embedded_write(&names, &call);
    if (!text) {
        lg_holds(call.setting == LG_TEXT_MISSING);
        return;
    }
    memset(&again, 0, sizeof again);
    again.method = call.method;
    lg_holds(lg_embedded_read(&names, text, strlen(text), &again));
    free(text);
    lg_holds(again.setting == call.setting);
    if (call.setting != LG_TEXT_WELL_FORMED)
        return;
    lg_holds(again.setting_flags == call.setting_flags);
    lg_holds(again.identity == call.identity);
    lg_holds(again.present == call.present && again.values == call.values);
    lg_holds(call.identity != LG_ID_EXACT || again.vm == call.vm);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == LG_STEP_BYTES)
        check_call(bytes);
    check_text(bytes, length, LG_CALL_MODIFY_SECURITY_SETTINGS);
    check_text(bytes, length, LG_CALL_DEFINE_SYSTEM);
    return 0;
}
