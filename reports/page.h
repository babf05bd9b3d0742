/* The page: one HTML file with everything in it, which shows a document to people. It asks the network for
 * nothing. */
#pragma once

#include <jansson.h>
#include <stdio.h>

/* Writes the page of a document (see document.h, sweep.h), or of an array of them, and the environment of its
 * run, NULL if it is not known; both stay the caller's. Returns 0 or a negative errno (the stream's error, or
 * -ENOMEM). */
int page_write(const json_t *document, const json_t *environment, FILE *out);
