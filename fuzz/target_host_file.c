/* Any bytes as a host file: it is refused with a reason and the host stays as it was, or the host
 * is one that every cell of is valid and that answers reads; loaded once more, it is the same host.
 */
#include <string.h>

#include "find.h"
#include "sim/host_file.h"
#include "simulators.h"

static bool load(struct lg_simulator *simulator, const char *path, struct lg_json_error *error)
{
    lg_simulator_renew(simulator);
    return lg_host_file_load(simulator, path, error);
}

static void check_same(const struct lg_simulator *first, const struct lg_simulator *second)
{
    lg_holds(memcmp(&first->word, &second->word, sizeof first->word) == 0);
    lg_holds(first->host.vm_count == second->host.vm_count);
    lg_holds(lg_cell_equal(&first->host.self, &second->host.self));
    for (unsigned i = 0; i < first->host.vm_count; i++)
        lg_holds(lg_cell_equal(&first->host.cells[i], &second->host.cells[i]));
}

static void check_host(struct lg_simulator *simulator)
{
    lg_holds(simulator->host.vm_count <= LG_VMS_MAX);
    lg_holds(lg_cell_is_valid(&simulator->host.self));
    for (unsigned i = 0; i < simulator->host.vm_count; i++) {
        struct lg_call look = {.method = LG_CALL_READ_SECURITY_SETTING, .vm = (uint16_t)i};
        struct lg_outcome seen;
        lg_holds(lg_cell_is_valid(&simulator->host.cells[i]));
        if (i < 4)
            lg_holds(lg_simulator_call(simulator, &look, &seen));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct lg_simulator first, second;
    struct lg_json_error error = {.reason = ""};
    const char *path = lg_as_file(bytes, length);
    lg_simulator_renew(&second); /* here, so that the first input runs as every other */
    if (!load(&first, path, &error)) {
        lg_holds(error.reason[0] != '\0');
        check_same(&first, &second);
        return 0;
    }
    lg_holds(load(&second, path, &error));
    check_same(&first, &second);
    check_host(&first);
    lg_saw(&first.host.self, sizeof first.host.self);
    return 0;
}
