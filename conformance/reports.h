/* The kinds of reports. Each returns false when the file could not be written. */
#ifndef LG_REPORTS_H
#define LG_REPORTS_H

#include <stdio.h>

#include "results.h"

#define LG_REPORT_FORMAT "lastgood-report/1"

bool lg_report_json(const struct lg_results *results,
                    FILE *file); /* conformance/schema/report.schema.json */
bool lg_report_junit(const struct lg_results *results, FILE *file); /* what CI systems read */
bool lg_report_tap(const struct lg_results *results, FILE *file);   /* Test Anything Protocol 14 */

#endif
