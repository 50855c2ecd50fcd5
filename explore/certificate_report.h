/* What a certificate covered, in words. */
#ifndef LG_CERTIFICATE_REPORT_H
#define LG_CERTIFICATE_REPORT_H

#include "certificate.h"
#include "no_miss.h"

struct lg_certificate_report {
    const struct lg_exploration *exploration;
    const struct lg_certificate *certificate;
    const struct lg_small_worlds *worlds;
    const struct lg_no_miss_found *no_miss;
    double seconds;   /* of the processor */
    uint32_t every;   /* of --every; 0: without */
    bool thorough;    /* made by --long */
    unsigned jobs;    /* processes */
    unsigned minutes; /* of --minutes; 0: without */
};

/* The steps from the cells of a world. */
void lg_certificate_write_steps(const struct lg_certificate_report *report, FILE *out);

/* The traces that oracle and brute force judged. */
void lg_certificate_write_traces(const struct lg_certificate_report *report, FILE *out);

/* Both, into a file. False, with errno: it could not be written. */
bool lg_certificate_write_report(const struct lg_certificate_report *report, const char *path);

#endif
