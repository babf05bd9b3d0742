/* Modes of ledger_target about descriptors of the kernel's own objects, of ranges, and of messages. */
#pragma once

void leak_of_each_kind(void);
void signals_changed(void);
void close_range_in_time(void);
void close_range_in_part(void);
void close_range_on_exec(void);
void close_range_fails(void);
void close_range_refused(void);
void close_from_in_time(void);
void close_after_range(void);
void close_range_of_another_operation(void);
void receive_and_leak(void);
void receive_and_close(void);
void receive_several_and_leak(void);
void list_and_leak(void);
void list_and_close(void);
