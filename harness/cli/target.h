/* What a command is about: a workload, or one of its variants, by the name that people type. */
#pragma once

#include "base/error.h"
#include "campaign/campaign.h"

/* Finds "WORKLOAD/VARIANT" and sets both in `campaign`. Returns 0 or -EINVAL with `error` set. */
int target_variant(const char *typed, struct campaign_options *campaign, struct error *error);

/* Finds "WORKLOAD" and sets it in `campaign`. As target_variant. */
int target_workload(const char *typed, struct campaign_options *campaign, struct error *error);

/* Returns 0 if what was typed is no program, or -EINVAL with an `error` that says how `command` is told of
 * one.
 */
int target_no_program(const char *typed, const char *command, struct error *error);

/* Sets a setting of the workload from "KEY=VALUE". As target_variant. */
int target_setting(const char *typed, struct campaign_options *campaign, struct error *error);
