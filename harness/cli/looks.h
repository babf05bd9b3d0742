/* How reports look on a stream: colours and width. */
#pragma once

#include "report.h"

struct report_options looks_of(FILE *out);
