/* What a client finds on a host before it can call: the service, VMs, their settings, jobs. */
#ifndef LG_WSMAN_FIND_H
#define LG_WSMAN_FIND_H

#include "bound_names.h"
#include "wsman_message.h"
#include "wsman_values.h"

enum { LG_VALUE_BYTES = 256 };

/* The keys of a service. */
struct lg_found_service {
    char name[LG_VALUE_BYTES];
    char system[LG_VALUE_BYTES]; /* the host's own name */
    bool found;
};

struct lg_found_vm {
    char name[LG_NAME_BYTES]; /* its GUID */
    char element_name[LG_VALUE_BYTES];
    bool disposable; /* its Notes hold the mark */
};
#define LG_DISPOSABLE "lastgood:disposable"

/* A client at work on a host. */
struct lg_session {
    struct lg_client *client;
    struct lg_bound_names bound;
    struct lg_found_service security;
    struct lg_found_service management;
    enum lg_host_version version;
    char product[LG_VALUE_BYTES]; /* as Identify tells it */
    enum lg_bytes_wire wire;
    char setting_part[LG_VALUE_BYTES]; /* the last part of the InstanceID of security settings */
    char setting_vm[LG_NAME_BYTES];    /* whose it is */
};

/* Identify, the classes, the services. False with the reason: no host that can be tested. */
bool lg_find_host(struct lg_session *session, struct lg_json_error *reason);

/* VMs by GUID or ElementName, NULL: all. Returns their number, at most `max` are filled; -1 with
 * the reason. */
int lg_find_vms(struct lg_session *session, const char *name, struct lg_found_vm *vms, int max,
                struct lg_json_error *reason);

/* The instance of a class that belongs to a VM, as JSON of a read. NULL with the exchange: a fault
 * in *fault, or EXCHANGED where there is none. */
json_t *lg_find_instance(struct lg_session *session, enum lg_method read, const char *vm,
                         enum lg_exchanged *exchanged, struct lg_told_fault *fault,
                         struct lg_json_error *reason);

/* Finds the setting_part of a VM; where it cannot be read, that of another one stays. */
void lg_find_setting_part(struct lg_session *session, const char *vm);

/* Whether the host knows the class. */
bool lg_find_class(struct lg_session *session, const char *class_name);

/* The VM that a job affects: "" if the host tells none. */
void lg_find_vm_of_job(struct lg_session *session, const char *job, char vm[LG_NAME_BYTES]);

#endif
