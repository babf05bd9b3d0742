/* What people see is compared with the files in golden/; after a wanted change, run with
 * EXEUNT_UPDATE_GOLDEN=1 to write them anew, and read the difference. */
#pragma once

void golden_expect(const char *name, const char *text);
