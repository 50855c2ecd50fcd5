/* The simulator as the host that the WS-Management mapping asks. */
#ifndef LG_WSMAN_HOST_H
#define LG_WSMAN_HOST_H

#include "simulator.h"
#include "sim/wsman/instances.h"

/* What clients called a VM: the texts that DefineSystem came with. */
struct lg_vm_texts {
    uint32_t serial; /* of the VM that they belong to: indexes are given again after a reset */
    char *element_name;
    char *notes;
};

struct lg_wsman_simulator {
    struct lg_wsman_host host; /* pass this */
    struct lg_simulator *simulator;
    struct lg_vm_texts texts[LG_VMS_MAX];
};

/* Both the simulator and the name are kept by reference. */
void lg_wsman_simulator_init(struct lg_wsman_simulator *it, struct lg_simulator *simulator,
                             const char *machine);
void lg_wsman_simulator_free(struct lg_wsman_simulator *it);

#endif
