/* Modes of ledger_target about cancellation. */
#pragma once

void cancelled_in_close(void);
void cancelled_by_plan(void);
void guarded_and_cancelled_by_plan(void);
void cancelled_by_plan_at_once(void);
void cancelled_by_plan_in_vain(void);
