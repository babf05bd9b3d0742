# Runs PROGRAM; its stdout must be the file EXPECTED to the letter, its stderr empty, its status 0.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE status)
file(READ ${EXPECTED} expected)
if(NOT output STREQUAL expected OR NOT errors STREQUAL "" OR NOT status EQUAL 0)
  message(FATAL_ERROR "status ${status}\nstdout:\n${output}\nstderr:\n${errors}\nexpected:\n${expected}")
endif()
