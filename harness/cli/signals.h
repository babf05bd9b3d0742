/* Signals by which the user ends a campaign in order. */
#pragma once

/* From now on they end nothing, but set the flag that is returned. */
const volatile int *signals_catch(void);

/* From now on they do as by default. */
void signals_release(void);
