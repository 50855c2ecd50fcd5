/* Simulators for fuzz targets: as new at each input, in this process. */
#ifndef LG_FUZZ_SIMULATORS_H
#define LG_FUZZ_SIMULATORS_H

#include "conformance/target.h"
#include "sim/service.h"

/* A simulator without VMs that has read no page yet; it gives the same names as the first time, so
 * whoever remembers VMs by name must forget them. Made on the first call for it. */
void lg_simulator_renew(struct lg_simulator *simulator);

/* A target whose calls are requests of the line protocol to this simulator. */
void lg_lines_of_simulator(struct lg_target *target, struct lg_simulator *simulator,
                           struct lg_blobs *blobs);

/* Forgets what clients called the VMs that were. */
void lg_wsman_renew(struct lg_simulator *simulator);

/* A target whose calls are WS-Management messages to this simulator: all that lastgood does for
 * http:// targets but the sockets. */
void lg_wsman_of_simulator(struct lg_target *target, struct lg_simulator *simulator,
                           struct lg_blobs *blobs);

/* Gets every message that such a target posts; NULL: nobody does. */
extern void (*lg_wsman_listener)(const char *message, size_t length);

#endif
